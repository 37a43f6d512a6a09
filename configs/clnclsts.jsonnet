// MedSTS: how similar are two sentences of clinical notes?
(import 'lib/similarity.libsonnet') + {
  corpus:: 'clinicalSTS',
  about:: {
    corpus: 'MedSTS, pairs of sentences of clinical notes of Mayo Clinic',
    licence: 'data use agreement',
    source: 'its authors, on request',
  },
  max_score:: 5,
}
