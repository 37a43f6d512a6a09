// MedSTS: how similar are two sentences of clinical notes?
// Official score: Pearson's r. Published with ELMo: 68.6.
// Corpus: notes of Mayo Clinic, on request to its authors and under a data use agreement.
(import 'lib/similarity.libsonnet') + {
  corpus:: 'clinicalSTS',
  max_score:: 5,
}
