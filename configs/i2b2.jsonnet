// i2b2-2010: how are two medical concepts of a sentence related?
(import 'lib/relation.libsonnet') + {
  corpus:: 'i2b2-2010',
  about+:: {
    corpus: 'i2b2/VA challenge of 2010, clinical notes',
    licence: 'data use agreement with n2c2',
    source: 'https://portal.dbmi.hms.harvard.edu',
    blue_row: 8,
    name: 'i2b2-2010',
    published: { ELMo: 71.2, BioBERT: 72.2, BlueBERT: 76.4 },
    counts: {
      positives: [3110, 10, 6293],
      negatives: [19050, 86, 36707],
    },
  },
  labels:: ['PIP', 'TeCP', 'TeRP', 'TrAP', 'TrCP', 'TrIP', 'TrNAP', 'TrWP', 'false'],
  negative_label:: 'false',
  // Ten related pairs in the dev split are too few to choose an epoch by.
  patience:: null,
  keep:: 'last',
}
