"""
What BLUE published about the size of its corpora, to hold a user's files against.

The figures are those of the BLUE paper and README (Peng et al., 2019), with those of its release
0.1 where rows were counted again; none of them is a requirement: a cut or a new split just differs.
"""

from collections.abc import Mapping
from typing import Optional

SPLITS = ("train", "dev", "test")
NEGATIVE_LABELS = ("false", "DDI-false")
"""What BLUE's relation corpora call pairs without a relation."""

PUBLISHED_COUNTS: dict[str, dict[str, tuple[int, int, int]]] = {
    "BC5CDR-chem": {"mentions": (5203, 5347, 5385)},
    "BC5CDR-disease": {"mentions": (4182, 4244, 4424)},
    "ShAReCLEFEHealthCorpus": {"mentions": (4628, 1065, 5195)},
    "ddi2013-type": {"positives": (2937, 1004, 979), "negatives": (15842, 6240, 4782)},
    "ChemProt": {"positives": (4154, 2416, 3458), "negatives": (15306, 9404, 13485)},
    "i2b2-2010": {"positives": (3110, 10, 6293), "negatives": (19050, 86, 36707)},
    "hoc": {"documents": (1108, 157, 315), "sentences": (10527, 1496, 2896)},
    "mednli": {"pairs": (11232, 1395, 1422)},
    "clinicalSTS": {"pairs": (675, 75, 318)},
    "BIOSSES": {"pairs": (64, 16, 20)},
}


def compare(corpus: Optional[str], split: Optional[str], counts: Mapping[str, int]) -> str:
    """
    Says how the counts of a file compare with the published ones.

    # Parameters

    corpus : `Optional[str]`
        The name of the corpus: that of its folder in BLUE.
    split : `Optional[str]`
        ``"train"``, ``"dev"`` or ``"test"``.
    counts : `Mapping[str, int]`
        What was counted: ``"mentions"``, ``"positives"``, ``"negatives"``, ``"documents"``,
        ``"sentences"``, ``"pairs"``. What was not published is passed over.

    # Returns

    `str`
        E.g. ``"BLUE's ddi2013-type test: positives 979 (as published), negatives 4737 (published:
        4782)"``; empty if nothing can be compared.
    """
    if corpus not in PUBLISHED_COUNTS or split not in SPLITS:
        return ""
    parts = []
    for name, by_split in PUBLISHED_COUNTS[corpus].items():
        published = by_split[SPLITS.index(split)]
        if name in counts:
            verdict = "as published" if counts[name] == published else f"published: {published}"
            parts.append(f"{name} {counts[name]} ({verdict})")
    return f"BLUE's {corpus} {split}: {', '.join(parts)}" if parts else ""
