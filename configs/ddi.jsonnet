// DDI: do two drugs of a sentence interact, and how?
(import 'lib/relation.libsonnet') + {
  corpus:: 'ddi2013-type',
  about+:: {
    corpus: 'DDI 2013 (SemEval-2013 task 9), sentences of DrugBank and MEDLINE',
    licence: 'CC BY-NC 4.0',
    source: "BLUE's release (https://github.com/ncbi-nlp/BLUE_Benchmark), "
            + 'made from https://github.com/isegura/DDICorpus',
    blue_row: 6,
    name: 'DDI',
    published: { ELMo: 62.0, BioBERT: 78.8, BlueBERT: 79.4 },
    counts: {
      positives: [2937, 1004, 979],
      negatives: [15842, 6240, 4782],
    },
  },
  labels:: ['DDI-advise', 'DDI-effect', 'DDI-int', 'DDI-mechanism', 'DDI-false'],
  negative_label:: 'DDI-false',
  label_aliases:: { 'DDI-advice': 'DDI-advise', 'false': 'DDI-false' },
  average:: 'macro',
}
