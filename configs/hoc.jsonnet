// HoC: which hallmarks of cancer is an abstract about?
// Official score: example-based F1 over abstracts. Published with ELMo: 80.0.
// Corpus: PubMed abstracts, GPL-3.0; in BLUE's release (github.com/ncbi-nlp/BLUE_Benchmark), its
// source at github.com/sb895/Hallmarks-of-Cancer.
(import 'lib/multilabel.libsonnet') + {
  corpus:: 'hoc',
  // By alphabet: the order of the flags 0_1,1_0,... in BLUE's release.
  labels:: [
    'activating invasion and metastasis',
    'avoiding immune destruction',
    'cellular energetics',
    'enabling replicative immortality',
    'evading growth suppressors',
    'genomic instability and mutation',
    'inducing angiogenesis',
    'resisting cell death',
    'sustaining proliferative signaling',
    'tumor promoting inflammation',
  ],
  epochs:: 50,
}
