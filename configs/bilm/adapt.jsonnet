// Continues the training of the biLM in ELMO_DIR: on text, or with `task::` on the sentences of a
// task's train split.
local env = import '../lib/env.libsonnet';

(import '../lib/bilm.libsonnet') + {
  options_file:: env.ELMO_DIR + '/options.json',
  weight_file:: env.ELMO_DIR + '/weights.hdf5',
  softmax_first:: true,
  lr:: 0.0003,
  warmup:: 100,
  epochs:: 20,
}
