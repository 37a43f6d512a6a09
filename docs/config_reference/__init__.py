"""
Makes docs/config.md, the reference of all fields of a config: `make docs`.

The comments in configs/lib say what a field means, its values and the original's option; the
configs themselves say what it is by default. Nothing of that is written here.
"""
