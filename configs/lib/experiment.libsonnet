// AllenNLP's configuration, built from the fields of base.libsonnet.

{
  random_seed: $.seed,
  numpy_seed: $.seed,
  pytorch_seed: $.seed,

  dataset_reader: {
    type: $.family,
    corpus: $.corpus,
    published_counts: $.about.counts,
    tokenizer: $.tokenizer,
    max_tokens: $.maxlen,
    token_indexers: { elmo: { type: 'blue_elmo_characters' } },
  },
  train_data_path: $.dataset_dir + '/' + $.corpus + '/train.tsv',
  validation_data_path: $.dataset_dir + '/' + $.corpus + '/dev.tsv',

  vocabulary: { type: 'declared_labels', labels: $.labels },

  local stores_features = $.feature_store && !$.requires_grad,
  model: {
    type: $.family,
    compute: $.compute,
    text_field_embedder: {
      token_embedders: {
        elmo: {
          type: 'blue_elmo',
          options_file: $.options_file,
          weight_file: $.weight_file,
          num_representations: $.num_representations,
          dropout: $.elmo_dropout,
          requires_grad: $.requires_grad,
          compute: $.elmo_compute,
          feature_store: if stores_features then {
            directory: $.feature_store_dir,
            precision: $.feature_precision,
            max_gigabytes: $.feature_store_gb,
          },
          archive_files: $.archive_elmo,
        },
      },
    },
    head: {
      norm: $.norm,
      dropout: $.pdrop,
      hidden_dim: $.fchdim,
      init: if $.init_linear
      then { mean: $.init_mean, std: $.init_std, bias_std: $.init_bias_std },
      activation: if $.output_sigmoid then 'sigmoid' else 'none',
      last_dropout: if $.last_dropout then $.pdrop else 0,
    },
  },

  // Texts of similar length share a batch, which saves padding.
  local batches = { batch_size: $.batch_size, sorting_keys: $.text_fields },
  data_loader: {
    batch_sampler: batches { drop_last: $.drop_last } + (
      if $.undersample
      then { type: 'undersampling_bucket', label_field: $.label_field }
      else { type: 'stable_bucket' }
    ),
    num_workers: $.num_workers,
  },
  validation_data_loader: {
    type: 'evaluation',
    batch_sampler: batches { type: 'stable_bucket', shuffle: false },
    num_workers: $.num_workers,
  },

  trainer: {
    num_epochs: $.epochs,
    cuda_device: $.cuda_device,
    optimizer: { type: 'blue_adam', lr: $.lr, weight_decay: $.weight_decay },
    grad_norm: if $.grad_norm == null then false else $.grad_norm,
    validation_metric: '+blue',
    local model_selection = {
      type: 'model_selection',
      patience: $.patience,
      min_delta: $.min_delta,
      keep: $.keep,
    },
    callbacks:
      [model_selection]
      + (if $.class_weights then [{ type: 'class_weights' }] else [])
      + (if stores_features then [{ type: 'feature_pass' }] else [])
      + [
        { type: 'distributed_workers' },
        { type: 'exact_recovery' },
        { type: 'kept_memory' },
        { type: 'progress', score: $.official_score },
      ]
      + $.callbacks,
    // AllenNLP's default callback prints the tensors of the first batch.
    enable_default_callbacks: false,
    // docs/recovery.md. With requires_grad, each of the two checkpoints kept holds the whole biLM.
    checkpointer: { type: 'blue', save_every_num_seconds: 600 },
  },

  include_in_archive: if $.archive_elmo then ['elmo'],

  evaluation: { type: 'blue', task: $.corpus, score: $.official_score, about: $.about },
}
