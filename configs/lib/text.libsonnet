// A kind of task that encodes each text as one vector.
local base = import 'base.libsonnet';
local encoders = import 'encoders.libsonnet';

base {
  model+: {
    seq2vec_encoder:
      if $.pool == null then encoders.seq2vec[$.seq2vec]($.encoder_dim) else encoders.pool[$.pool],
  },

  inert+:: {
    seq2seq: 'a text becomes one vector; see seq2vec and pool',
    crf: 'there are no tags that could depend on one another',
  },
}
