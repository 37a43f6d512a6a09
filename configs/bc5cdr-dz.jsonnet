// BC5CDR, diseases: where are they mentioned?
// Official score: strict mention F1. Published with ELMo: 83.9.
// Corpus: PubMed titles and abstracts (BioCreative V), listed as public domain by BigBIO; in BLUE's
// release (github.com/ncbi-nlp/BLUE_Benchmark), its source at biocreative.bioinformatics.udel.edu.
(import 'lib/ner.libsonnet') + {
  corpus:: 'BC5CDR-disease',
  entity_type:: 'Disease',
}
