// The knobs of every experiment, which are hidden fields (`::`): every option of the original
// (elmoft.py), and more. They have the values of the original's README, but where the table of the
// preset `paper` in docs/parity.md says why not; a task, or a variant of one, sets its own:
//
//   (import 'ddi.jsonnet') + { pool:: 'max', lr:: 0.0005 }
//
// Beside each knob stands the original's option in parentheses; domains.libsonnet has its values.
// docs/parity.md says what the original did with each, and what is done here. experiment.libsonnet
// says what AllenNLP makes of them.
local domains = import 'domains.libsonnet';
local env = import 'env.libsonnet';

{
  // 'paper': the original's options, with its faults mended. Where the two presets differ, a field
  // has a value for each.
  preset:: 'default',
  assert domains.base.preset.holds(self.preset)
         || error domains.outside('preset', self.preset, domains.base.preset),

  // --- Files

  // Where the corpora are (--data_dir), and the folder of this one there.
  dataset_dir:: env.DATASET_DIR,
  corpus:: error "Must override corpus: its folder in DATASET_DIR, such as 'ddi2013-type'",

  // What is known about the task, for `allennlp blue check` and `report`; every field may be null.
  // In a table of results: its name, the official score's name, the key of that score among the
  // metrics, published scores in percent by system, and the row in BLUE's own table. About the
  // corpus: what it is, its licence, where to get it, and published counts of train, dev and test
  // by what is counted (mentions, positives, negatives, documents, sentences, pairs).
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

  // null: spaCy's English rules, which need no download; markers such as @DRUG$ stay whole.
  // { type: 'blue_markers', model: 'en_core_sci_md' }: the rules of an installed model, here the
  // original's. The files of NER hold tokens; there it is for raw text to predict on.
  tokenizer:: null,

  // The most tokens of a text (--maxlen); null: all of it.
  maxlen:: 128,

  // --- ELMo

  // How many learned mixes of the biLM's layers are put side by side. With 1, an encoder has half
  // as much to read; scores were lower, by no more than their spread: docs/study.md.
  num_representations:: 2,

  // Dropout of the mixes.
  elmo_dropout:: { default: 0.2, paper: 0.5 }[$.preset],

  // true: the biLM learns too; the original did not offer it.
  requires_grad:: false,

  // What a biLM that does not learn computes in: fp32, bf16; on a GPU also tf32, fp16. Faster where
  // the hardware has it, on a CPU avx512_bf16 or amx_bf16, slower elsewhere; less exact:
  // docs/speed.md.
  elmo_compute:: 'fp32',

  // true: ELMo's files are put into the archive, which then needs none beside it (374 MB more with
  // the published ones); false: the archive records their SHA-256.
  archive_elmo:: false,

  // true: what a biLM that does not learn makes of a sentence is computed once and kept on disk,
  // for all epochs, runs and tasks. The folder of what is kept; null: bluelmo in the user's cache
  // folder. How exactly: half, single. At how many gigabytes nothing more is added.
  feature_store:: true,
  feature_store_dir:: null,
  feature_precision:: 'half',
  feature_store_gb:: 64,

  // --- Encoder

  // From tokens to one vector (--seq2vec).
  seq2vec:: 'boe',

  // In place of seq2vec (--pool); null: seq2vec.
  pool:: null,

  // From tokens to tokens (--seq2seq).
  seq2seq:: 'none',

  // The size of the encoder: its states, its filters. Of boe, last, isa, the pools and seq2seq's
  // cnn, ELMo decides.
  encoder_dim:: 768,

  // How the vectors of a pair become one (--ssfunc).
  pair_combiner:: 'full',

  // --- Head

  // What the encoder's output goes through first (--do_norm, --norm_type).
  norm:: 'batch',

  // Dropout before the feed-forward layers (--pdrop).
  pdrop:: { default: 0.2, paper: 0.5 }[$.preset],

  // Width of the two hidden layers (--fchdim); 0: no hidden layers.
  fchdim:: 500,

  // true: linear layers start from a normal distribution (--initln) with this mean (--initln_mean)
  // and standard deviation (--initln_std); their biases from one with mean 0. false: torch's way.
  init_linear:: true,
  init_mean:: 0,
  init_std:: 0.02,
  init_bias_std:: 0,

  // true: a sigmoid after the last layer.
  output_sigmoid:: false,

  // true: dropout of pdrop after the last layer, too (--do_lastdrop).
  last_dropout:: false,

  // true: the tags of a sentence depend on one another, in a conditional random field (--do_crf).
  crf:: false,

  // A text gets each label that is more probable than this (--pthrshld).
  threshold:: 0.5,

  // --- Training

  // What all that learns multiplies in: fp32; bf16, mixed precision, with weights and scores in
  // single precision. Faster where the hardware has it, as for elmo_compute, slower elsewhere:
  // docs/speed.md. Less exact; with both in bf16, scores changed by about their spread:
  // docs/study.md.
  compute:: 'fp32',

  // At most so many (--epochs).
  epochs:: 20,

  // How many epochs may pass without a better score on the dev split (--earlystop, --es_patience);
  // null: any number. Better is more than min_delta better (--es_delta), in fractions of 1.
  patience:: { default: 5, paper: null }[$.preset],
  min_delta:: 0.005,

  // Which epoch's weights are the result: best on the dev split, or last.
  keep:: { default: 'best', paper: 'last' }[$.preset],

  // How many instances make a batch (--bsize); whether the last one is left out where it has fewer
  // (--droplast).
  batch_size:: 64,
  drop_last:: false,

  // Adam's learning rate (--lr) and weight decay (--wdecay).
  lr:: 0.001,
  weight_decay:: 1e-5,

  // The norm that gradients are scaled down to (--clipmaxn); null: they stay as they are.
  grad_norm:: 0.25,

  // true: in the loss a label counts 1 / the number of its training instances (--weight_class).
  class_weights:: { default: false, paper: true }[$.preset],

  // true: of the most frequent label, an epoch draws as many instances as other labels have on
  // average, as the original always does. Relation corpora are so one-sided that without it nothing
  // but the most frequent label is predicted for many epochs.
  undersample:: true,

  // Where all that is random comes from.
  seed:: 13370,

  // How many processes read the corpus (--np); 0: the main one.
  num_workers:: 0,

  // null: the first GPU, or the CPU where there is none; -1: the CPU (-g 0); N: that GPU (-q N).
  cuda_device:: null,

  // More callbacks of the trainer, such as { type: 'tensorboard' }, which writes into log in the
  // run's folder, or { type: 'console_logger', should_log_inputs: false }, which tells all figures
  // of each epoch.
  callbacks:: [],

  // --- For the kinds of tasks, which the other files here describe

  // The reader and the model both go by this name.
  family:: error 'Must override family, the registered name of the reader and of the model',

  // The text fields of an instance, by whose length it is put into a batch.
  text_fields:: ['tokens'],

  // The field with the label, for `undersample`.
  label_field:: 'label',

  // The labels; the place of each is its id.
  labels:: error 'Must override labels, the list of the labels that the corpus has',

  // The official score of the corpus, in the words that an evaluation ends with.
  official_score:: error 'Must override official_score, in words',

  // The knobs that do nothing for a kind of task, each with a hint.
  inert:: {},

  // What each field may be: domains.libsonnet.
  domains:: domains.base,
} + (import 'experiment.libsonnet')
