// BC5CDR, chemicals: where are they mentioned?
(import 'lib/ner.libsonnet') + {
  corpus:: 'BC5CDR-chem',
  about:: {
    corpus: 'BC5CDR (BioCreative V), PubMed titles and abstracts',
    licence: 'public domain, as BigBIO lists it',
    source: "BLUE's release (https://github.com/ncbi-nlp/BLUE_Benchmark), "
            + 'made from https://biocreative.bioinformatics.udel.edu',
  },
  entity_type:: 'Chemical',
}
