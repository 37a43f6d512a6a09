"""
ELMo's bidirectional language model (biLM), on torch and h5py alone.

Nothing in this package imports AllenNLP or the rest of the plugin, so it runs on a machine that has
only torch and h5py.
"""

from .bilm import BiLm, bidirectional_layers, check_files, slice_index
from .compute import COMPUTE_DTYPES, is_emulated, why_unsupported
from .corpus_pass import Corpus, CorpusPass
from .files import BiLmOptions, ElmoFileError, ElmoFiles
from .packed_weights import limit_onednn_cache

__all__ = [
    "COMPUTE_DTYPES",
    "BiLm",
    "BiLmOptions",
    "Corpus",
    "CorpusPass",
    "ElmoFileError",
    "ElmoFiles",
    "bidirectional_layers",
    "check_files",
    "is_emulated",
    "slice_index",
    "why_unsupported",
]

limit_onednn_cache()
