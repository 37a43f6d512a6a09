// ChemProt: how does a chemical of a sentence act on a gene or protein?
// Official score: micro F1 over the five classes. Published with ELMo: 66.6.
// Corpus: PubMed abstracts (BioCreative VI track 5), listed as public domain by BigBIO; in BLUE's
// release (github.com/ncbi-nlp/BLUE_Benchmark), its source at biocreative.bioinformatics.udel.edu.
(import 'lib/relation.libsonnet') + {
  corpus:: 'ChemProt',
  labels:: ['CPR:3', 'CPR:4', 'CPR:5', 'CPR:6', 'CPR:9', 'false'],
  negative_label:: 'false',
  // BLUE's converter also writes the classes that the shared task does not score.
  label_aliases:: { ['CPR:%d' % class]: 'false' for class in [0, 1, 2, 7, 8, 10] },
}
