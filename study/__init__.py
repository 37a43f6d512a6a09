"""
The study behind the defaults, on real corpora: `make study`.

It varies one factor at a time around a base, on parts of a corpus of each task family, with several
replicates. `plan` has the comparisons, `trial` runs one training, and `page` generates
docs/study.md. `full_table` trains every available corpus and generates docs/results.md.
"""
