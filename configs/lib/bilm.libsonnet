// A biLM, the language model whose layers are an ELMo. Its fields are hidden (`::`); a variant sets
// its own:
//
//   (import 'bilm/pretrain.jsonnet') + { size:: 'medium', epochs:: 5 }
local closed = import 'closed.libsonnet';
local domains = import 'domains.libsonnet';
local env = import 'env.libsonnet';
local kinds = domains.kinds;

// The published sizes, and one for a laptop.
local published = {
  character_dim: 16,
  filters: [[1, 32], [2, 32], [3, 64], [4, 128], [5, 256], [6, 512], [7, 1024]],
  num_highways: 1,
  num_lstm_layers: 2,
};
local sizes = {
  tiny: published {
    filters: [[1, 16], [2, 32], [3, 64], [4, 128], [5, 128]],
    cell_dim: 512,
    projection_dim: 128,
  },
  small: published { cell_dim: 1024, projection_dim: 128 },
  medium: published { cell_dim: 2048, projection_dim: 256 },
  original: published { cell_dim: 4096, projection_dim: 512, num_highways: 2 },
};

closed({
  // --- Text

  // The text and the held-out text: a file, a folder, or a pattern. One sentence a line, plain or
  // .gz.
  text:: env.TEXT_DIR + '/train*',
  heldout_text:: env.TEXT_DIR + '/dev*',

  // null: tokens are separated by white space. Otherwise a tokenizer of AllenNLP or bluelmo, such
  // as { type: 'blue_markers' }.
  tokenizer:: null,

  // Longer sentences are cut into pieces of so many tokens.
  maxlen:: 128,

  // A task, such as (import '../ddi.jsonnet'): the sentences of its train split in place of text,
  // held out those of its dev split, both without labels. null: text.
  task:: null,

  // --- Vocabulary of the softmax

  // The most frequent words that occur so often.
  vocabulary_size:: 20000,
  min_count:: 1,

  // A file with a word a line, the most frequent first, as bilm-tf and an exported ELMo have it;
  // null: the words of the text are counted.
  vocabulary_file:: null,

  // full; sampled, for large vocabularies, with so many words; adaptive, with these cutoffs, or
  // null for a tenth and four tenths of the vocabulary.
  softmax:: 'full',
  num_samples:: 8192,
  cutoffs:: null,

  // --- Size

  // tiny (2.7 million weights), small (13.6), medium (28) or original (94), and each number of it.
  size:: 'tiny',
  character_dim:: sizes[$.size].character_dim,
  filters:: sizes[$.size].filters,
  num_highways:: sizes[$.size].num_highways,
  num_lstm_layers:: sizes[$.size].num_lstm_layers,
  cell_dim:: sizes[$.size].cell_dim,
  projection_dim:: sizes[$.size].projection_dim,
  activation:: 'relu',
  cell_clip:: 3,
  projection_clip:: 3,

  // The biLM to begin with; null: random weights.
  options_file:: null,
  weight_file:: null,

  // true: only a new softmax is trained until the held-out perplexity levels off. Whether the biLM
  // is trained after that.
  softmax_first:: false,
  train_bilm:: true,

  // --- Training

  dropout:: 0.1,

  // fp32; bf16, mixed precision, for processors that have it.
  compute:: 'fp32',

  // How many sentences make a batch. An epoch is the whole text (null), or so many batches.
  batch_size:: 64,
  batches_per_epoch:: null,
  epochs:: 10,

  // How many sentences are in memory at a time.
  sentences_in_memory:: 20000,

  // How many epochs may pass without a lower held-out perplexity; null: any number.
  patience:: 2,

  // adam, or adagrad, bilm-tf's (with which it has a learning rate of 0.2).
  optimizer:: 'adam',
  lr:: 0.001,

  // The learning rate rises for so many batches, then falls linearly to 0.
  warmup:: 1000,

  // The norm that gradients are scaled down to; null: they are not.
  grad_norm:: 10,

  seed:: 13370,

  // null: the first GPU, or the CPU where there is none; -1: the CPU; N: that GPU.
  cuda_device:: null,

  // More callbacks of the trainer.
  callbacks:: [],

  inert:: {},
  domains:: {
    text: kinds.path,
    heldout_text: kinds.path,
    tokenizer: kinds.or_null(kinds.object),
    maxlen: kinds.or_null(kinds.whole(1)),
    task: kinds.or_null(kinds.object),
    vocabulary_size: kinds.whole(1),
    min_count: kinds.whole(1),
    vocabulary_file: kinds.or_null(kinds.string),
    softmax: kinds.one_of(['full', 'sampled', 'adaptive']),
    num_samples: kinds.whole(1),
    size: kinds.one_of(std.objectFields(sizes)),
    softmax_first: kinds.boolean,
    train_bilm: kinds.boolean,
    dropout: kinds.between(0, 1),
    compute: kinds.one_of(['fp32', 'bf16']),
    batch_size: kinds.whole(1),
    batches_per_epoch: kinds.or_null(kinds.whole(1)),
    epochs: kinds.whole(1),
    sentences_in_memory: kinds.whole(1),
    patience: kinds.or_null(kinds.whole(1)),
    optimizer: kinds.one_of(['adam', 'adagrad']),
    lr: kinds.at_least(0),
    warmup: kinds.whole(0),
    grad_norm: kinds.or_null(kinds.above(0)),
    seed: kinds.whole_between(0, 4294967295),
    cuda_device: kinds.or_null(kinds.whole(-1)),
    callbacks: kinds.objects,
  },

  random_seed: $.seed,
  numpy_seed: $.seed,
  pytorch_seed: $.seed,

  local text = { type: 'bilm_text', tokenizer: $.tokenizer, max_tokens: $.maxlen },
  local of_task = {
    type: 'bilm_task_text',
    reader: $.task.dataset_reader { token_indexers:: null },
    max_tokens: $.maxlen,
  },
  dataset_reader: if $.task == null then text { shuffle: true } else of_task,
  validation_dataset_reader: if $.task == null then text else of_task,
  train_data_path: if $.task == null then $.text else $.task.train_data_path,
  validation_data_path: if $.task == null then $.heldout_text else $.task.validation_data_path,

  datasets_for_vocab_creation: ['train'],
  vocabulary: {
    type: 'counted_words',
    max_size: $.vocabulary_size,
    min_count: $.min_count,
    file: $.vocabulary_file,
  },

  model: {
    type: 'bilm',
    metric: { type: 'bilm_perplexity' },
    softmax: $.softmax,
    num_samples: $.num_samples,
    cutoffs: $.cutoffs,
    dropout: $.dropout,
    compute: $.compute,
    options_file: $.options_file,
    weight_file: $.weight_file,
    options: if $.weight_file == null then {
      lstm: {
        use_skip_connections: true,
        n_layers: $.num_lstm_layers,
        dim: $.cell_dim,
        projection_dim: $.projection_dim,
        cell_clip: $.cell_clip,
        proj_clip: $.projection_clip,
      },
      char_cnn: {
        activation: $.activation,
        filters: $.filters,
        n_highway: $.num_highways,
        embedding: { dim: $.character_dim },
        max_characters_per_token: 50,
      },
    },
  },

  local batches = { type: 'stable_bucket', batch_size: $.batch_size, sorting_keys: ['tokens'] },
  data_loader: { batch_sampler: batches } + (
    if $.task == null then {
      type: 'text',
      sentences_in_memory: $.sentences_in_memory,
      batches_per_epoch: $.batches_per_epoch,
    } else {}
  ),
  validation_data_loader: {
    type: 'evaluation',
    batch_sampler: batches { shuffle: false },
  },

  trainer: {
    num_epochs: $.epochs,
    cuda_device: $.cuda_device,
    optimizer: {
      adam: { type: 'blue_adam', lr: $.lr },
      adagrad: { type: 'adagrad', lr: $.lr, initial_accumulator_value: 1 },
    }[$.optimizer],
    learning_rate_scheduler: { type: 'linear_with_warmup', warmup_steps: $.warmup },
    grad_norm: if $.grad_norm == null then false else $.grad_norm,
    validation_metric: '-perplexity',
    callbacks: [
      { type: 'model_selection', patience: $.patience },
      { type: 'distributed_workers' },
      { type: 'exact_recovery' },
      { type: 'kept_memory' },
      { type: 'progress', score: 'perplexity' },
      { type: 'elmo_export' },
    ] + (
      if $.softmax_first then [{ type: 'softmax_first', then_bilm: $.train_bilm }] else []
    ) + $.callbacks,
    enable_default_callbacks: false,
    checkpointer: { type: 'blue', save_every_num_seconds: 600 },
  },

  include_in_archive: ['elmo/options.json'],

  evaluation: { type: 'blue', task: 'biLM' },
})
