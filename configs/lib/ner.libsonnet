// Where is an entity mentioned? Each token of a sentence is tagged B, I or O.
local base = import 'base.libsonnet';
local closed = import 'closed.libsonnet';
local domains = import 'domains.libsonnet';
local encoders = import 'encoders.libsonnet';

closed(base {
  // The type of the mentions.
  entity_type:: error "Must override entity_type, what the mentions are, such as 'Chemical'",

  // true: a mention may consist of several spans; an I after an O continues it.
  discontinuous:: false,

  // As in base.libsonnet, or batch_positions, the original's: batch norm over the positions of a
  // sentence.
  norm:: { default: 'batch', paper: 'batch_positions' }[$.preset],

  // The original feeds the sigmoid's output to the cross-entropy.
  output_sigmoid:: { default: false, paper: true }[$.preset],
  last_dropout:: true,

  // As in base.libsonnet. The original has neither encoder nor conditional random field.
  seq2seq:: { default: 'pytorch-lstm', paper: 'none' }[$.preset],
  encoder_dim:: { default: 256, paper: 768 }[$.preset],
  crf:: { default: true, paper: false }[$.preset],

  // The loss of a conditional random field has no class weights.
  class_weights:: { default: false, paper: !$.crf }[$.preset],

  // Tokens cannot be dropped from a sentence.
  undersample:: false,

  family:: 'blue_ner',
  about+:: { measure: 'F1 of mentions', metric: 'f1_mention' },
  official_score:: 'strict entity-level F1',
  labels:: ['B', 'I', 'O'],

  dataset_reader+: {
    entity_type: $.entity_type,
    discontinuous: $.discontinuous,
  },
  model+: {
    seq2seq_encoder: encoders.seq2seq[$.seq2seq]($.encoder_dim),
    crf:
      if $.crf && $.class_weights
      then error 'class_weights: a CRF scores whole sentences, not labels; set crf:: false, too'
      else $.crf,
    head+: {
      norm: $.norm,
      [if $.norm == 'batch_positions' then 'max_positions']:
        if $.maxlen == null then error "norm 'batch_positions' needs a maxlen" else $.maxlen,
    },
    metric: {
      type: 'blue_mention_f1',
      entity_type: $.entity_type,
      discontinuous: $.discontinuous,
    },
  },

  domains+:: {
    entity_type: domains.kinds.string,
    discontinuous: domains.kinds.boolean,
    norm: domains.kinds.one_of(['batch', 'batch_positions', 'layer', 'none']),
  },

  local token_by_token = 'each token is tagged; see seq2seq',
  local no_tokens_left_out = 'a sentence keeps all of its tokens',
  inert+:: {
    seq2vec: token_by_token,
    pool: token_by_token,
    pair_combiner: 'there are no pairs of texts',
    threshold: 'a token has one tag, the most probable',
    undersample: no_tokens_left_out,
    label_field: no_tokens_left_out,
    labels: 'tokens are tagged B, I or O',
  },
})
