// Trains a biLM from text: TEXT_DIR has files whose names begin with train and dev.
import '../lib/bilm.libsonnet'
