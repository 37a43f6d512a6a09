// MedNLI: does a statement follow from a sentence of a clinical note?
// Official score: accuracy. Published with ELMo: 71.4.
// Corpus: MIMIC-III notes with statements by physicians, for credentialed users of physionet.org
// who sign its data use agreement.
(import 'lib/inference.libsonnet') + {
  corpus:: 'mednli',
  lr:: 0.0005,
}
