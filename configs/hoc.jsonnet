// HoC: which hallmarks of cancer is an abstract about?
(import 'lib/multilabel.libsonnet') + {
  corpus:: 'hoc',
  about+:: {
    corpus: 'Hallmarks of Cancer, PubMed abstracts',
    licence: 'GPL-3.0',
    source: "BLUE's release (https://github.com/ncbi-nlp/BLUE_Benchmark), "
            + 'made from https://github.com/sb895/Hallmarks-of-Cancer',
    blue_row: 9,
    name: 'HoC',
    published: { ELMo: 80.0, BioBERT: 82.9, BlueBERT: 83.1 },
    counts: {
      documents: [1108, 157, 315],
      sentences: [10527, 1496, 2896],
    },
  },
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
  neighbours:: { default: true, paper: false }[$.preset],
}
