// How similar are two sentences, on the scale of the corpus?
local closed = import 'closed.libsonnet';
local domains = import 'domains.libsonnet';
local pair = import 'pair.libsonnet';

closed(pair {
  // The highest score, of sentences that mean the same; the lowest is 0.
  max_score:: error "Must override max_score, the upper end of the corpus's scale",

  // The score of a model output of 1.
  score_scale:: { default: $.max_score, paper: 5 }[$.preset],

  maxlen:: 256,
  output_sigmoid:: true,

  // There are no labels.
  labels:: [],
  class_weights:: false,

  family:: 'blue_similarity',
  about+:: { measure: "Pearson's r", metric: 'pearson' },
  official_score:: "Pearson's r",

  domains+:: {
    max_score: domains.kinds.above(0),
    score_scale: domains.kinds.above(0),
  },

  dataset_reader+: { max_score: $.max_score },
  model+: {
    max_score: $.max_score,
    score_scale: $.score_scale,
    metric: { type: 'blue_pearson' },
  },

  local no_label = 'a pair has a score, not a label',
  inert+:: {
    labels: no_label,
    label_field: no_label,
    class_weights: no_label,
    undersample: no_label,
  },
})
