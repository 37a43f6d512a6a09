// The encoders between ELMo and the head, with the names and sizes of the original. The model adds
// the input width, which is ELMo's.

// Encodes the tokens of a sentence as one vector; `size` is encoder_dim.
local seq2vec = {
  // Mean pooling of the token vectors (bag of embeddings).
  boe(size): { type: 'boe', averaged: true },

  // The last hidden state of one forward recurrent layer.
  'pytorch-lstm'(size): { type: 'blue_lstm', hidden_size: size },
  'pytorch-rnn'(size): { type: 'rnn', hidden_size: size },
  'pytorch-gru'(size): { type: 'gru', hidden_size: size },
  'pytorch-agmnlstm'(size): { type: 'blue_augmented_lstm', hidden_size: size },

  // The last hidden state of three highway LSTMs of alternating direction.
  'pytorch-stkaltlstm'(size): { type: 'blue_alternating_lstm', hidden_size: size, num_layers: 3 },

  // Max-pooled convolutions over 2, 3, 4 and 5 tokens, `size` filters each.
  cnn(size): { type: 'blue_cnn', num_filters: size },

  // The same, with highway layers and a projection to the width of a token.
  cnn_highway(size): { type: 'blue_cnn_highway', num_filters: size, num_highway: 5 },

  // The vector of the last token: the original without --seq2vec.
  last(size): { type: 'cls_pooler', cls_is_last_token: true },
};

// Pools each feature over the tokens of a sentence.
local pool = {
  max: { type: 'blue_max_pool' },
  avg: { type: 'boe', averaged: true },
};

// Encodes each token in its context; `size` is encoder_dim.
local seq2seq = {
  // ELMo's own vectors: the original without --seq2seq.
  none(size): null,

  // One feed-forward layer on each token.
  ff(size): { type: 'blue_feedforward', hidden_dim: size },

  // One forward recurrent layer.
  'pytorch-lstm'(size): { type: 'blue_lstm', hidden_size: size },
  'pytorch-rnn'(size): { type: 'rnn', hidden_size: size },
  'pytorch-gru'(size): { type: 'gru', hidden_size: size },

  // Gated convolutions over 4 tokens, forward and backward, as wide as ELMo.
  cnn(size): { type: 'blue_gated_cnn', dropout: 0.5 },

  // Each token concatenated with its attention-weighted average of all tokens (intra-sentence
  // attention).
  isa(size): { type: 'blue_intra_sentence_attention' },

  // Convolutions and self-attention, 8 heads.
  qanet(size): { type: 'blue_qanet', hidden_dim: size },

  // One layer of self-attention, 8 heads.
  ssae(size): {
    type: 'blue_stacked_self_attention',
    hidden_dim: 1024,
    projection_dim: size,
    feedforward_hidden_dim: size,
    num_layers: 1,
    num_attention_heads: 8,
  },
};

{ seq2vec: seq2vec, pool: pool, seq2seq: seq2seq }
