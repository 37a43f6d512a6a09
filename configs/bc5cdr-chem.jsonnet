// BC5CDR, chemicals: where are they mentioned?
(import 'lib/ner.libsonnet') + {
  corpus:: 'BC5CDR-chem',
  about+:: {
    corpus: 'BC5CDR (BioCreative V), PubMed titles and abstracts',
    licence: 'public domain, as BigBIO lists it',
    source: "BLUE's release (https://github.com/ncbi-nlp/BLUE_Benchmark), "
            + 'made from https://biocreative.bioinformatics.udel.edu',
    blue_row: 4,
    name: 'BC5CDR-chemical',
    published: { ELMo: 91.5, BioBERT: 93.0, BlueBERT: 92.4 },
    counts: { mentions: [5203, 5347, 5385] },
  },
  entity_type:: 'Chemical',
}
