// ChemProt: how does a chemical of a sentence act on a gene or protein?
(import 'lib/relation.libsonnet') + {
  corpus:: 'ChemProt',
  about+:: {
    corpus: 'ChemProt (BioCreative VI track 5), PubMed abstracts',
    licence: 'public domain, as BigBIO lists it',
    source: "BLUE's release (https://github.com/ncbi-nlp/BLUE_Benchmark), "
            + 'made from https://biocreative.bioinformatics.udel.edu',
    blue_row: 7,
    name: 'ChemProt',
    published: { ELMo: 66.6, BioBERT: 71.3, BlueBERT: 69.2 },
    counts: {
      positives: [4154, 2416, 3458],
      negatives: [15306, 9404, 13485],
    },
  },
  labels:: ['CPR:3', 'CPR:4', 'CPR:5', 'CPR:6', 'CPR:9', 'false'],
  negative_label:: 'false',
  // BLUE's converter also writes the classes that the shared task does not score.
  label_aliases:: { ['CPR:%d' % class]: 'false' for class in [0, 1, 2, 7, 8, 10] },
}
