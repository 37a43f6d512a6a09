// BIOSSES: how similar are two sentences of biomedical articles?
(import 'lib/similarity.libsonnet') + {
  corpus:: 'BIOSSES',
  about+:: {
    corpus: 'BIOSSES, pairs of sentences of biomedical articles, scored by five annotators',
    licence: 'GPL-3.0',
    source: 'https://github.com/gizemsogancioglu/biosses',
    blue_row: 2,
    name: 'BIOSSES',
    published: { ELMo: 60.2, BioBERT: 82.7, BlueBERT: 91.6 },
    counts: { pairs: [64, 16, 20] },
  },
  max_score:: 4,
  // Sixteen pairs in the dev split are too few to choose an epoch by.
  patience:: null,
  keep:: 'last',
}
