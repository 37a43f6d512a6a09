"""
Benchmarks of speed and memory against AllenNLP's own ELMo: `make benchmark`.

Each part in `parts` can be run alone. Its results are saved as JSON, from which `page` generates
docs/speed.md.
"""
