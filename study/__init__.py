"""
Which defaults are best, measured on real corpora: `make study`.

One factor at a time is changed around a base, on portions of a corpus of each family, several times
over. `corpora` says what there is to train on, `factors` what is changed, `plan` what is compared
with what, `trial` trains once, `results` keeps what was found, `comparison` holds the variants
against the base, and `page` makes docs/study.md of the results alone. `full_table` trains every
corpus as a user would, and makes docs/results.md.
"""
