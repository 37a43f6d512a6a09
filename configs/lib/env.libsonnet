// The only environment variables that a config reads, named as in the original. A variant that sets
// the paths itself does not need them.
{
  // The folder of ELMo's options.json and weights.hdf5.
  ELMO_DIR: std.extVar('ELMO_DIR'),

  // The folder of the corpora, each in its own folder.
  DATASET_DIR: std.extVar('DATASET_DIR'),

  // The folder of the text that a biLM is trained on.
  TEXT_DIR: std.extVar('TEXT_DIR'),
}
