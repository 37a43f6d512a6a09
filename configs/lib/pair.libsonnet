// A kind of task in which two texts together get an answer.
local text = import 'text.libsonnet';

text {
  text_fields:: ['sentence1', 'sentence2'],

  pair_combiner:: { default: 'full', paper: 'concat' }[$.preset],

  // The original leaves out no pairs.
  undersample:: false,

  model+: { pair_combiner: $.pair_combiner },

  inert+:: { threshold: 'a pair has one answer, the best' },
}
