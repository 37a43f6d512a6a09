// The domain of each field: a description, which docs/config.md lists, and a test. A value outside
// its domain is an error. A kind of task adds its own fields.
local encoders = import 'encoders.libsonnet';
local names = import 'names.libsonnet';

local is_whole(value) = std.isNumber(value) && std.floor(value) == value;
local all_strings(values) = std.all([std.isString(each) for each in values]);

{
  local kinds = self.kinds,

  // Limits are inclusive, except that of `above`.
  kinds:: {
    number: { expected: 'a number', holds(value):: std.isNumber(value) },
    between(low, high): {
      expected: 'a number from %g to %g' % [low, high],
      holds(value):: std.isNumber(value) && value >= low && value <= high,
    },
    at_least(low): {
      expected: 'a number, at least %g' % low,
      holds(value):: std.isNumber(value) && value >= low,
    },
    above(low): {
      expected: 'a number above %g' % low,
      holds(value):: std.isNumber(value) && value > low,
    },
    whole(low): {
      expected: 'a whole number, at least %d' % low,
      holds(value):: is_whole(value) && value >= low,
    },
    whole_between(low, high): {
      expected: 'a whole number from %d to %d' % [low, high],
      holds(value):: is_whole(value) && value >= low && value <= high,
    },
    boolean: { expected: 'true or false', holds(value):: std.isBoolean(value) },
    string: { expected: 'a string', holds(value):: std.isString(value) },
    strings: {
      expected: 'a list of different strings',
      holds(value)::
        std.isArray(value) && all_strings(value) && std.length(std.set(value)) == std.length(value),
    },
    object: { expected: 'an object', holds(value):: std.isObject(value) },
    object_of_strings: {
      expected: 'an object of strings',
      holds(value):: std.isObject(value) && all_strings(std.objectValues(value)),
    },
    objects: {
      expected: 'a list of objects',
      holds(value):: std.isArray(value) && std.all([std.isObject(each) for each in value]),
    },
    // Not checked: it may come from an environment variable that is not set.
    path: { expected: 'a path', holds(value):: true },
    one_of(known): {
      known:: known,
      expected: std.join(', ', ["'%s'" % each for each in known]),
      holds(value):: std.member(known, value),
    },
    or_null(domain): domain {
      expected: super.expected + ', or null',
      holds(value):: value == null || super.holds(value),
    },
  },

  // The message about a value outside the domain of its field.
  outside(field, value, domain)::
    if std.objectHasAll(domain, 'known') then names.unknown(field, value, domain.known)
    else "field '%s' is %s. Expected %s" % [
      field,
      std.manifestJsonMinified(value),
      domain.expected,
    ],

  // The fields of base.libsonnet.
  base:: {
    preset: kinds.one_of(['default', 'paper']),
    dataset_dir: kinds.path,
    corpus: kinds.string,
    about: kinds.object,
    options_file: kinds.path,
    weight_file: kinds.path,
    tokenizer: kinds.or_null(kinds.object),
    maxlen: kinds.or_null(kinds.whole(1)),
    num_representations: kinds.whole(1),
    elmo_dropout: kinds.between(0, 1),
    requires_grad: kinds.boolean,
    elmo_compute: kinds.one_of(['fp32', 'bf16', 'tf32', 'fp16']),
    archive_elmo: kinds.boolean,
    feature_store: kinds.boolean,
    feature_store_dir: kinds.or_null(kinds.string),
    feature_precision: kinds.one_of(['half', 'single']),
    feature_store_gb: kinds.at_least(0),
    seq2vec: kinds.one_of(std.objectFieldsAll(encoders.seq2vec)),
    pool: kinds.or_null(kinds.one_of(std.objectFieldsAll(encoders.pool))),
    seq2seq: kinds.one_of(std.objectFieldsAll(encoders.seq2seq)),
    encoder_dim: kinds.whole(1),
    pair_combiner: kinds.one_of(['concat', 'cosine', 'distance', 'full']),
    norm: kinds.one_of(['batch', 'layer', 'none']),
    pdrop: kinds.between(0, 1),
    fchdim: kinds.whole(0),
    init_linear: kinds.boolean,
    init_mean: kinds.number,
    init_std: kinds.at_least(0),
    init_bias_std: kinds.at_least(0),
    output_sigmoid: kinds.boolean,
    last_dropout: kinds.boolean,
    crf: kinds.boolean,
    threshold: kinds.between(0, 1),
    compute: kinds.one_of(['fp32', 'bf16']),
    epochs: kinds.whole(1),
    patience: kinds.or_null(kinds.whole(1)),
    min_delta: kinds.at_least(0),
    keep: kinds.one_of(['best', 'last']),
    batch_size: kinds.whole(1),
    drop_last: kinds.boolean,
    lr: kinds.at_least(0),
    weight_decay: kinds.at_least(0),
    grad_norm: kinds.or_null(kinds.above(0)),
    class_weights: kinds.boolean,
    undersample: kinds.boolean,
    seed: kinds.whole_between(0, 4294967295),
    num_workers: kinds.whole(0),
    cuda_device: kinds.or_null(kinds.whole(-1)),
    callbacks: kinds.objects,
    family: kinds.string,
    text_fields: kinds.strings,
    label_field: kinds.string,
    labels: kinds.strings,
    official_score: kinds.string,
    inert: kinds.object,
  },
}
