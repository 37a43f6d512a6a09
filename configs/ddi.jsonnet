// DDI: do two drugs of a sentence interact, and how?
// Official score: macro F1 over the four types. Published with ELMo: 62.0.
// Corpus: sentences of DrugBank and MEDLINE (SemEval-2013 task 9), CC BY-NC 4.0; in BLUE's release
// (github.com/ncbi-nlp/BLUE_Benchmark), its source at github.com/isegura/DDICorpus.
(import 'lib/relation.libsonnet') + {
  corpus:: 'ddi2013-type',
  labels:: ['DDI-advise', 'DDI-effect', 'DDI-int', 'DDI-mechanism', 'DDI-false'],
  negative_label:: 'DDI-false',
  label_aliases:: { 'DDI-advice': 'DDI-advise', 'false': 'DDI-false' },
  average:: 'macro',
}
