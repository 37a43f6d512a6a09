"""
ELMo's bidirectional language model (biLM), on torch and h5py alone.

Nothing in this package imports AllenNLP, so that it can be used and measured on a machine that has
only torch and h5py.
"""

from .bilm import BiLm
from .compute import COMPUTES, is_slow, obstacle
from .corpus_pass import Corpus, CorpusPass
from .files import ElmoFiles
from .layer_slices import half_of, whole_layers
from .options import BiLmOptions, ElmoFileError
from .packed_weights import keep_few_products

__all__ = [
    "COMPUTES",
    "BiLm",
    "BiLmOptions",
    "Corpus",
    "CorpusPass",
    "ElmoFileError",
    "ElmoFiles",
    "half_of",
    "is_slow",
    "obstacle",
    "whole_layers",
]

keep_few_products()
