// Makes any shipped config train in a second or two:
//   (import '../../configs/ddi.jsonnet') + (import 'tiny.libsonnet')
{
  epochs:: 1,
  batch_size:: 8,
  encoder_dim:: 8,
  fchdim:: 8,
  cuda_device:: -1,
  dataset_reader+: { max_instances: 12 },
}
