// BC5CDR, diseases: where are they mentioned?
(import 'lib/ner.libsonnet') + {
  corpus:: 'BC5CDR-disease',
  about+:: (import 'bc5cdr-chem.jsonnet').about {
    blue_row: 3,
    name: 'BC5CDR-disease',
    published: { ELMo: 83.9, BioBERT: 85.9, BlueBERT: 85.4 },
    counts: { mentions: [4182, 4244, 4424] },
  },
  entity_type:: 'Disease',
}
