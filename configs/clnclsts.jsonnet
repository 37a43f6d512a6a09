// MedSTS: how similar are two sentences of clinical notes?
(import 'lib/similarity.libsonnet') + {
  corpus:: 'clinicalSTS',
  about+:: {
    corpus: 'MedSTS, pairs of sentences of clinical notes of Mayo Clinic',
    licence: 'data use agreement',
    source: 'its authors, on request',
    blue_row: 1,
    name: 'MedSTS',
    published: { ELMo: 68.6, BioBERT: 84.5, BlueBERT: 84.8 },
    counts: { pairs: [675, 75, 318] },
  },
  max_score:: 5,
}
