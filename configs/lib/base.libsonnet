// The fields of every experiment, hidden ones (`::`): every option of the original (elmoft.py), and
// more. Their values are those of the original's README, except the ones in the table of the preset
// `paper` in docs/parity.md, with reasons. A task, or a variant of one, sets its own:
//
//   (import 'ddi.jsonnet') + { pool:: 'max', lr:: 0.0005 }
//
// The original's option is in parentheses; domains.libsonnet has the allowed values. docs/parity.md
// compares the original's behaviour with ours. experiment.libsonnet maps the fields to AllenNLP's.
local domains = import 'domains.libsonnet';
local env = import 'env.libsonnet';

{
  // 'paper': the original's options, without its bugs. A field has a value for each preset if the
  // two differ.
  preset:: 'default',
  assert domains.base.preset.holds(self.preset)
         || error domains.outside('preset', self.preset, domains.base.preset),

  // --- Files

  // The folder of the corpora (--data_dir), and the folder of this corpus in it.
  dataset_dir:: env.DATASET_DIR,
  corpus:: error "Must override corpus: its folder in DATASET_DIR, such as 'ddi2013-type'",

  // Facts about the task, for `allennlp blue check` and `report`; every field may be null. For a
  // table of results: the task's name, the official score's name, its key among the metrics,
  // published scores in percent by system, and the row in BLUE's own table. About the corpus: its
  // description, licence and source, and published counts of train, dev and test by unit (mentions,
  // positives, negatives, documents, sentences, pairs).
  about:: {
    name: $.corpus,
    measure: null,
    metric: null,
    published: null,
    blue_row: null,
    corpus: null,
    licence: null,
    source: null,
    counts: null,
  },

  // ELMo's files (--options_path, --weights_path), of any size.
  options_file:: env.ELMO_DIR + '/options.json',
  weight_file:: env.ELMO_DIR + '/weights.hdf5',

  // --- Text

  // null: spaCy's English rules, which need no download; markers such as @DRUG$ are one token.
  // { type: 'blue_markers', model: 'en_core_sci_md' }: the rules of an installed model, here the
  // original's. NER corpora are tokenized; there it applies only to raw text at prediction.
  tokenizer:: null,

  // The maximum number of tokens of a text (--maxlen); null: no limit.
  maxlen:: 128,

  // --- ELMo

  // The number of concatenated scalar mixes of the biLM's layers. With 1, the encoder's input is
  // half as wide; scores were lower, by no more than their spread: docs/study.md.
  num_representations:: 2,

  // Dropout of the scalar mixes.
  elmo_dropout:: { default: 0.2, paper: 0.5 }[$.preset],

  // true: the biLM is trainable, too; the original had no such option.
  requires_grad:: false,

  // Compute precision of the frozen biLM: fp32 or bf16; on a GPU also tf32 or fp16. The others are
  // less exact. They are faster with hardware support (bf16 on a CPU: avx512_bf16 or amx_bf16),
  // slower without: docs/speed.md.
  elmo_compute:: 'fp32',

  // true: the archive contains ELMo's files and can be used without others (374 MB more with the
  // published ones); false: the archive records their SHA-256.
  archive_elmo:: false,

  // true: the features of the frozen biLM are computed once and cached on disk, for all epochs,
  // runs and tasks. The folder of the feature cache; null: bluelmo in the user's cache folder. The
  // precision of cached features: half or single. The size in gigabytes beyond which nothing is
  // added.
  feature_store:: true,
  feature_store_dir:: null,
  feature_precision:: 'half',
  feature_store_gb:: 64,

  // --- Encoder

  // Encodes the tokens of a text as one vector (--seq2vec).
  seq2vec:: 'boe',

  // Replaces seq2vec (--pool); null: seq2vec.
  pool:: null,

  // Encodes each token in its context (--seq2seq).
  seq2seq:: 'none',

  // The width of the encoder: of its hidden states, or the number of its filters. It has no effect
  // on boe, last, isa, pool and seq2seq's cnn, whose width follows from ELMo's.
  encoder_dim:: 768,

  // Combines the vectors of a pair (--ssfunc).
  pair_combiner:: 'full',

  // --- Head

  // Norm of the encoder's output (--do_norm, --norm_type).
  norm:: 'batch',

  // Dropout before the feed-forward layers (--pdrop).
  pdrop:: { default: 0.2, paper: 0.5 }[$.preset],

  // Width of the two hidden layers (--fchdim); 0: no hidden layers.
  fchdim:: 500,

  // true: initialises linear layers from a normal distribution (--initln) with this mean
  // (--initln_mean) and standard deviation (--initln_std), their biases from one with mean 0;
  // false: torch's initialisation.
  init_linear:: true,
  init_mean:: 0,
  init_std:: 0.02,
  init_bias_std:: 0,

  // true: applies a sigmoid after the last layer.
  output_sigmoid:: false,

  // true: applies dropout of pdrop after the last layer, too (--do_lastdrop).
  last_dropout:: false,

  // true: a conditional random field scores the tags of a sentence jointly (--do_crf).
  crf:: false,

  // The model predicts every label whose probability exceeds this (--pthrshld).
  threshold:: 0.5,

  // --- Training

  // Compute precision of the trainable modules: fp32, or bf16 (mixed precision, with weights and
  // scores in single precision). bf16 is faster with hardware support, as for elmo_compute, and
  // slower without: docs/speed.md. It is less exact; with both in bf16, scores changed by about
  // their spread: docs/study.md.
  compute:: 'fp32',

  // The maximum number of epochs (--epochs).
  epochs:: 20,

  // Training stops after this many epochs without a better score on the dev split (--earlystop,
  // --es_patience); null: never. A score is better if it is more than min_delta higher
  // (--es_delta), in fractions of 1.
  patience:: { default: 5, paper: null }[$.preset],
  min_delta:: 0.005,

  // The epoch whose weights are the result: the best on the dev split, or the last.
  keep:: { default: 'best', paper: 'last' }[$.preset],

  // The number of instances of a batch (--bsize); whether to drop the last batch if it is smaller
  // (--droplast).
  batch_size:: 64,
  drop_last:: false,

  // Adam's learning rate (--lr) and weight decay (--wdecay).
  lr:: 0.001,
  weight_decay:: 1e-5,

  // The maximum norm of the gradients, for clipping (--clipmaxn); null: no clipping.
  grad_norm:: 0.25,

  // true: a label's weight in the loss is 1 / the number of its training instances
  // (--weight_class).
  class_weights:: { default: false, paper: true }[$.preset],

  // true: an epoch draws as many instances of the most frequent label as the other labels have on
  // average, as the original always does. Relation corpora are so imbalanced that otherwise models
  // predict only the most frequent label for many epochs.
  undersample:: true,

  // The seed of all random generators.
  seed:: 13370,

  // The number of processes that read the corpus (--np); 0: the main process reads it.
  num_workers:: 0,

  // null: the first GPU, or the CPU if there is none; -1: the CPU (-g 0); N: that GPU (-q N).
  cuda_device:: null,

  // More callbacks of the trainer, such as { type: 'tensorboard' }, which writes to log in the
  // folder of the run, or { type: 'console_logger', should_log_inputs: false }, which logs all
  // metrics of each epoch.
  callbacks:: [],

  // --- For the kinds of tasks, which the other files here describe

  // The registered name of both the reader and the model.
  family:: error 'Must override family, the registered name of the reader and of the model',

  // The text fields of an instance; instances of similar length share a batch.
  text_fields:: ['tokens'],

  // The field with the label, for `undersample`.
  label_field:: 'label',

  // The labels; the position of each is its id.
  labels:: error 'Must override labels, the list of the labels that the corpus has',

  // The description of the official score, as printed at the end of an evaluation.
  official_score:: error 'Must override official_score, in words',

  // The fields that have no effect for a kind of task, each with a hint.
  inert:: {},

  // The allowed values of each field: domains.libsonnet.
  domains:: domains.base,
} + (import 'experiment.libsonnet')
