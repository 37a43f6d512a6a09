// A kind of task in which two texts together get an answer.
local names = import 'names.libsonnet';
local text = import 'text.libsonnet';

text {
  text_fields:: ['sentence1', 'sentence2'],

  pair_combiner:: { default: 'full', paper: 'concat' }[$.preset],

  // The original leaves out no pairs.
  undersample:: false,

  model+: {
    pair_combiner: names.one_of(
      'pair_combiner',
      $.pair_combiner,
      ['concat', 'cosine', 'distance', 'full']
    ),
  },

  inert+:: { threshold: 'a pair has one answer, the best' },
}
