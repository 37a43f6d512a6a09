"""
The layers of every sentence that the frozen biLM has read, kept on disk.

A frozen biLM gives a sentence the same layers in every epoch, run, seed and task, so they are
computed once. Nothing in this package imports AllenNLP.
"""

from .layout import FeatureLayout
from .store import SENTENCES_PER_WRITE, FeatureStore, sentence_key

__all__ = ["SENTENCES_PER_WRITE", "FeatureLayout", "FeatureStore", "sentence_key"]
