// MedNLI: does a statement follow from a sentence of a clinical note?
(import 'lib/inference.libsonnet') + {
  corpus:: 'mednli',
  about:: {
    corpus: 'MedNLI, sentences of MIMIC-III notes with statements by physicians',
    licence: 'data use agreement, for credentialed users',
    source: 'https://physionet.org/content/mednli',
  },
  lr:: 0.0005,
}
