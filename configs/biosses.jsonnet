// BIOSSES: how similar are two sentences of biomedical articles?
// Official score: Pearson's r. Published with ELMo: 60.2.
// Corpus: pairs scored by five annotators, GPL-3.0; at github.com/gizemsogancioglu/biosses.
(import 'lib/similarity.libsonnet') + {
  corpus:: 'BIOSSES',
  max_score:: 4,
  // Sixteen pairs in the dev split are too few to choose an epoch by.
  patience:: null,
  keep:: 'last',
}
