// ShARe/CLEFE: where are disorders mentioned?
(import 'lib/ner.libsonnet') + {
  corpus:: 'ShAReCLEFEHealthCorpus',
  about+:: {
    corpus: 'ShARe/CLEF eHealth 2013, MIMIC II notes',
    licence: 'data use agreement, for credentialed users',
    source: 'https://physionet.org/content/shareclefehealth2013',
    blue_row: 5,
    name: 'ShARe/CLEFE',
    published: { ELMo: 75.6, BioBERT: 72.8, BlueBERT: 77.1 },
    counts: { mentions: [4628, 1065, 5195] },
  },
  entity_type:: 'Disorder',
  discontinuous:: true,
}
