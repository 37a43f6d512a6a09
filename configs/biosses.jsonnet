// BIOSSES: how similar are two sentences of biomedical articles?
(import 'lib/similarity.libsonnet') + {
  corpus:: 'BIOSSES',
  about:: {
    corpus: 'BIOSSES, pairs of sentences of biomedical articles, scored by five annotators',
    licence: 'GPL-3.0',
    source: 'https://github.com/gizemsogancioglu/biosses',
  },
  max_score:: 4,
  // Sixteen pairs in the dev split are too few to choose an epoch by.
  patience:: null,
  keep:: 'last',
}
