// How are the two marked entities of a sentence related?
local closed = import 'closed.libsonnet';
local domains = import 'domains.libsonnet';
local sentence = import 'sentence.libsonnet';

closed(sentence {
  // The label of unrelated pairs, which the score excludes; null: it includes every label.
  negative_label:: error 'Must override negative_label, the label of unrelated pairs, or null',

  // Other names of the labels in files, such as { 'DDI-advice': 'DDI-advise' }.
  label_aliases:: {},

  // The average of the F1 that is the official score.
  average:: 'micro',

  // As in base.libsonnet. The original uses mean pooling.
  seq2vec:: { default: 'cnn', paper: 'boe' }[$.preset],
  encoder_dim:: { default: 128, paper: 768 }[$.preset],

  // With 0.2 for both, DDI scored 27.6 ± 1.5 instead of 25.1 ± 2.3, within the spread of the
  // runs: docs/study.md.
  elmo_dropout:: 0.5,
  pdrop:: 0.5,

  family:: 'blue_relation',
  about+:: { measure: $.average + ' F1', metric: 'f1_' + $.average },
  official_score::
    local others = if $.negative_label == null then '' else ' but ' + $.negative_label;
    $.average + ' F1 of all labels' + others,

  dataset_reader+: {
    labels: $.labels,
    label_aliases: $.label_aliases,
    negative_label: $.negative_label,
  },
  model+: {
    metric: {
      type: 'blue_relation_f1',
      labels: $.labels,
      negative_label: $.negative_label,
      average: $.average,
    },
  },

  domains+:: {
    negative_label: domains.kinds.or_null(domains.kinds.string),
    label_aliases: domains.kinds.object_of_strings,
    average: domains.kinds.one_of(['micro', 'macro']),
  },
  inert+:: { threshold: 'a sentence has one label, the most probable' },
})
