// BC5CDR, diseases: where are they mentioned?
(import 'lib/ner.libsonnet') + {
  corpus:: 'BC5CDR-disease',
  about:: (import 'bc5cdr-chem.jsonnet').about,
  entity_type:: 'Disease',
}
