// ShARe/CLEFE: where are disorders mentioned?
(import 'lib/ner.libsonnet') + {
  corpus:: 'ShAReCLEFEHealthCorpus',
  about:: {
    corpus: 'ShARe/CLEF eHealth 2013, MIMIC II notes',
    licence: 'data use agreement, for credentialed users',
    source: 'https://physionet.org/content/shareclefehealth2013',
  },
  entity_type:: 'Disorder',
  discontinuous:: true,
}
