// ShARe/CLEFE: where are disorders mentioned?
// Official score: strict mention F1. Published with ELMo: 75.6.
// Corpus: MIMIC II notes (ShARe/CLEF eHealth 2013), for credentialed users of physionet.org who
// sign its data use agreement.
(import 'lib/ner.libsonnet') + {
  corpus:: 'ShAReCLEFEHealthCorpus',
  entity_type:: 'Disorder',
  discontinuous:: true,
}
