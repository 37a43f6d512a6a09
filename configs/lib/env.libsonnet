// The only environment variables that a config reads; the names are the original's. Each is needed
// only where its value is: a variant that says where the files are does without.
{
  // The folder that holds ELMo's options.json and weights.hdf5.
  ELMO_DIR: std.extVar('ELMO_DIR'),

  // The folder that holds the corpora, each in a folder of its own.
  DATASET_DIR: std.extVar('DATASET_DIR'),
}
