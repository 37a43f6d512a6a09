"""The ten corpora: where each goes, and what makes its rows."""

from functools import partial
from typing import NamedTuple

from bluelmo_plugins.preparation.bc5cdr import prepare_bc5cdr
from bluelmo_plugins.preparation.biosses import prepare_biosses
from bluelmo_plugins.preparation.chemprot import prepare_chemprot
from bluelmo_plugins.preparation.ddi import prepare_ddi
from bluelmo_plugins.preparation.hoc import prepare_hoc
from bluelmo_plugins.preparation.i2b2 import prepare_i2b2
from bluelmo_plugins.preparation.mednli import prepare_mednli
from bluelmo_plugins.preparation.medsts import prepare_medsts
from bluelmo_plugins.preparation.share_clefe import prepare_share_clefe
from bluelmo_plugins.preparation.splits import Prepare

_FILES = {"train": "train.tsv", "dev": "dev.tsv", "test": "test.tsv"}
_CLEFE_FILES = {"train": "Training.tsv", "dev": "Development.tsv", "test": "Test.tsv"}


class Corpus(NamedTuple):
    """
    How a corpus is prepared.

    # Parameters

    prepare : `Prepare`
        Makes its rows.
    takes_lists : `bool`, optional (default = `False`)
        Whether lists of ids may say what is in the splits: the original does not.
    draws_dev : `bool`, optional (default = `False`)
        Whether the dev split is drawn where no list names it.
    marks_entities : `bool`, optional (default = `False`)
        Whether its rows have markers.
    files : `dict[str, str]`, optional (default = `train.tsv`, `dev.tsv`, `test.tsv`)
        Its file names by split.
    """

    prepare: Prepare
    takes_lists: bool = False
    draws_dev: bool = False
    marks_entities: bool = False
    files: dict[str, str] = _FILES


CORPORA = {
    "clnclsts": Corpus(prepare_medsts, takes_lists=True, draws_dev=True),
    "biosses": Corpus(prepare_biosses, takes_lists=True),
    "bc5cdr-dz": Corpus(partial(prepare_bc5cdr, "Disease")),
    "bc5cdr-chem": Corpus(partial(prepare_bc5cdr, "Chemical")),
    "shareclefe": Corpus(
        prepare_share_clefe,
        takes_lists=True,
        draws_dev=True,
        files=_CLEFE_FILES,
    ),
    "ddi": Corpus(prepare_ddi, takes_lists=True, draws_dev=True, marks_entities=True),
    "chemprot": Corpus(prepare_chemprot, marks_entities=True),
    "i2b2": Corpus(prepare_i2b2, takes_lists=True, draws_dev=True, marks_entities=True),
    "hoc": Corpus(prepare_hoc, takes_lists=True),
    "mednli": Corpus(prepare_mednli),
}
"""By the names of their configs."""
