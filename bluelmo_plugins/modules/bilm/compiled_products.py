"""How many of the products that it has compiled oneDNN keeps."""

import os

MOST_KEPT = 16

_SETTINGS = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")
"""Of oneDNN's own cache (https://uxlfoundation.github.io/oneDNN/dev_guide_primitive_cache.html),
and of that which torch has on top of it. Both are read at the first product, and never again."""


def keep_few_products() -> None:
    """
    Has torch keep the last `MOST_KEPT` products that oneDNN has compiled, in bf16 or by packed
    weights, or as many as the environment says already. It must be called before the first of them.

    Each shape is compiled by itself, and takes up to 4 MB; by default 1,024 are kept. As batches of
    text are of ever other shapes, twenty epochs of BC5CDR in bf16 took 3 GB so, and 1.2 GB like
    this. They took about as long: a large product takes far more time than it takes to compile.
    """
    for name in _SETTINGS:
        os.environ.setdefault(name, str(MOST_KEPT))
