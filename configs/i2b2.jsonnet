// i2b2-2010: how are two medical concepts of a sentence related?
// Official score: micro F1 over the eight types. Published with ELMo: 71.2.
// Corpus: clinical notes (i2b2/VA challenge of 2010), under a data use agreement with n2c2 at
// portal.dbmi.hms.harvard.edu.
(import 'lib/relation.libsonnet') + {
  corpus:: 'i2b2-2010',
  labels:: ['PIP', 'TeCP', 'TeRP', 'TrAP', 'TrCP', 'TrIP', 'TrNAP', 'TrWP', 'false'],
  negative_label:: 'false',
  // Ten related pairs in the dev split are too few to choose an epoch by.
  patience:: null,
  keep:: 'last',
}
