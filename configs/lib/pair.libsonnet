// A kind of task with a pair of texts per instance.
local text = import 'text.libsonnet';

text {
  text_fields:: ['sentence1', 'sentence2'],

  pair_combiner:: { default: 'full', paper: 'concat' }[$.preset],

  // The original does not undersample pairs.
  undersample:: false,

  model+: { pair_combiner: $.pair_combiner },

  inert+:: { threshold: 'a pair has one answer, the best' },
}
