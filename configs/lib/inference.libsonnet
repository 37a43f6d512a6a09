// Does the first sentence entail the second, contradict it, or neither?
local closed = import 'closed.libsonnet';
local pair = import 'pair.libsonnet';

closed(pair {
  labels:: ['contradiction', 'entailment', 'neutral'],

  // The original feeds the sigmoid's output to the cross-entropy.
  output_sigmoid:: { default: false, paper: true }[$.preset],

  family:: 'blue_inference',
  about+:: { measure: 'accuracy', metric: 'accuracy' },
  official_score:: 'accuracy',

  dataset_reader+: { labels: $.labels },
  model+: { metric: { type: 'blue_accuracy', labels: $.labels } },
})
