// MedNLI: does a statement follow from a sentence of a clinical note?
(import 'lib/inference.libsonnet') + {
  corpus:: 'mednli',
  about+:: {
    corpus: 'MedNLI, sentences of MIMIC-III notes with statements by physicians',
    licence: 'data use agreement, for credentialed users',
    source: 'https://physionet.org/content/mednli',
    blue_row: 10,
    name: 'MedNLI',
    published: { ELMo: 71.4, BioBERT: 80.5, BlueBERT: 84.0 },
    counts: { pairs: [11232, 1395, 1422] },
  },
  lr:: 0.0005,
}
