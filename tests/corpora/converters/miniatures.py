"""Invented originals of the ten corpora: a few sentences each, in the forms of the real ones."""

from tests.corpora.converters.mention_miniatures import bc5cdr, share_clefe
from tests.corpora.converters.relation_miniatures import chemprot, ddi, i2b2
from tests.corpora.converters.sentence_miniatures import biosses, hoc, mednli, medsts

MINIATURES = {
    "clnclsts": medsts,
    "biosses": biosses,
    "bc5cdr-dz": bc5cdr,
    "bc5cdr-chem": bc5cdr,
    "shareclefe": share_clefe,
    "ddi": ddi,
    "chemprot": chemprot,
    "i2b2": i2b2,
    "hoc": hoc,
    "mednli": mednli,
}
"""By the names of the tasks."""
