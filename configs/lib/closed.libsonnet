// Makes unknown fields of an experiment an error: plain Jsonnet would add a misspelled field, which
// nothing would read.
local domains = import 'domains.libsonnet';
local names = import 'names.libsonnet';

// AllenNLP's top-level keys that experiment.libsonnet does not set.
local allennlp_keys = [
  'batch_weight_key',
  'datasets_for_vocab_creation',
  'ddp_accelerator',
  'distributed',
  'evaluate_on_test',
  'test_data_path',
  'type',
  'validation_dataset_reader',
];

// Options of elmoft.py that have another name here.
local renamed = {
  bsize: 'batch_size',
  clipmaxn: 'grad_norm',
  data_dir: 'dataset_dir',
  do_crf: 'crf',
  do_lastdrop: 'last_dropout',
  do_norm: 'norm',
  droplast: 'drop_last',
  earlystop: 'patience',
  es_delta: 'min_delta',
  es_patience: 'patience',
  gpunum: 'cuda_device',
  gpuq: 'cuda_device',
  initln: 'init_linear',
  initln_mean: 'init_mean',
  initln_std: 'init_std',
  norm_type: 'norm',
  np: 'num_workers',
  options_path: 'options_file',
  pthrshld: 'threshold',
  ssfunc: 'pair_combiner',
  wdecay: 'weight_decay',
  weight_class: 'class_weights',
  weights_path: 'weight_file',
};

// A config based on the closed experiment can declare its own fields:
//
//   declared_fields+:: ['my_field'],
//   my_field:: 3,
//
// `experiment.inert` has the fields that this kind of task does not read, each with a hint. They
// cannot be changed. `experiment.domains` has the allowed values of each field.
function(experiment) experiment {
  declared_fields:: ['declared_fields'] + allennlp_keys,

  // The checks are in parts that every config has, even if a variant extends or replaces some. At
  // the top level they would run at each access of a field, which took seconds.
  local top = self,
  local check = {
    local inert = top.inert,
    local unknown = [
      name
      for name in std.objectFieldsAll(top)
      if !std.objectHasAll(experiment, name) && !std.member(top.declared_fields, name)
    ],
    assert unknown == [] || error if std.objectHas(renamed, unknown[0])
    then "unknown field '%s'. It is called '%s' here" % [unknown[0], renamed[unknown[0]]]
    else
      local known = std.objectFieldsAll(experiment) + top.declared_fields;
      names.unknown('field', unknown[0], [name for name in known if !std.objectHas(inert, name)]),

    local changed = [name for name in std.objectFields(inert) if top[name] != experiment[name]],
    assert changed == []
           || error "field '%s' changes nothing here: %s" % [changed[0], inert[changed[0]]],

    local outside = [
      name
      for name in std.objectFields(top.domains)
      if !top.domains[name].holds(top[name])
    ],
    assert outside == []
           || error domains.outside(outside[0], top[outside[0]], top.domains[outside[0]]),

    // Only the first process would evaluate, and wait for the others, which have ended.
    local tests_together = std.objectHas(top, 'distributed')
                           && std.objectHas(top, 'evaluate_on_test')
                           && top.evaluate_on_test,
    assert !tests_together
           || error "'evaluate_on_test' does not go with 'distributed': use `allennlp evaluate`",
  },
  data_loader+: check,
  dataset_reader+: check,
  model+: check,
  trainer+: check,
}
