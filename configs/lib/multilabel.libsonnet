// Which labels does a sentence have, if any? Scored over whole documents.
local closed = import 'closed.libsonnet';
local domains = import 'domains.libsonnet';
local sentence = import 'sentence.libsonnet';

closed(sentence {
  // true: concatenates the vectors of the sentences before and after it in the document to a
  // sentence's own.
  neighbours:: false,

  family:: 'blue_multilabel',
  about+:: { measure: 'F1 over documents', metric: 'f1_document' },
  official_score:: 'example-based F1',
  label_field:: 'labels',

  domains+:: { neighbours: domains.kinds.boolean },

  dataset_reader+: { labels: $.labels, neighbours: $.neighbours },
  model+: {
    labels: $.labels,
    threshold: $.threshold,
    neighbours: $.neighbours,
    metric: { type: 'blue_document_f1', labels: $.labels },
  },
})
