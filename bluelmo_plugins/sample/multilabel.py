"""The Hallmarks of Cancer corpus: sentences of abstracts, each with no, one or two hallmarks."""

import re
from random import Random

from bluelmo_plugins.sample.sentences import capitalised, fill, opening, text_of
from bluelmo_plugins.sample.splits import Row, Splits

# In the order of the labels: what a sentence about each hallmark speaks of.
_HALLMARKS = (
    ("invasion of the matrix", "spread to distant lymph nodes", "the migration of {cells}"),
    ("escape from killer lymphocytes", "immune tolerance", "hiding from macrophages"),
    ("glucose uptake", "lactate output", "the switch to glycolysis"),
    ("telomere length", "the number of divisions before senescence", "immortal growth"),
    ("loss of contact inhibition", "the cell cycle checkpoint", "growth arrest"),
    ("double strand breaks", "chromosome loss", "the repair of damaged bases"),
    ("vessel sprouting", "new capillaries", "the blood supply of the mass"),
    ("programmed cell death", "survival after irradiation", "the share of apoptotic {cells}"),
    ("proliferation without growth factors", "mitogen signals", "the rate of doubling"),
    ("inflamed stroma", "cytokine release", "swelling around the mass"),
)
_OTHER_TOPICS = (
    "the age of the {people}",
    "the staining protocol",
    "follow-up after {time}",
    "the number of slides",
    "the price of {chemical}",
    "storage at 4 °C",
)
_FRAMES = (
    "{chemical} {adverb} changed",
    "{gene} was needed for",
    "{dose} of {chemical} had an influence on",
    "loss of {gene} went along with",
    "in {number} of 100 {cells} we measured",
    "we then turned to",
)
# A field that is nothing but a word which pandas takes for a missing value.
_HEADINGS = ("None", "NA", "null")

_TOKEN = re.compile(r"\w+(?:[-./]\w+)*|[^\w\s]")
_DOCUMENTS = {"train": 100, "dev": 25, "test": 32}
_FIRST_DOCUMENT = 70000001
_NOISE = 0.03


def hallmark_splits(random: Random) -> Splits:
    """
    Makes the three files, with the header `labels sentence index` of BLUE's release. Tokens are
    parted by spaces, as there.

    # Parameters

    random : `Random`
        Where all choices come from.
    """
    splits: Splits = {}
    document = _FIRST_DOCUMENT
    for split, count in _DOCUMENTS.items():
        rows: list[Row] = [["labels", "sentence", "index"]]
        for number in range(count):
            rows += _document_rows(document, number, random)
            document += 1
        splits[split] = rows
    return splits


def _document_rows(document: int, number: int, random: Random) -> list[Row]:
    """A document about one to three hallmarks; most of its sentences are about none."""
    # The first one goes round, so that every split has every hallmark.
    others = random.sample(range(len(_HALLMARKS)), random.randint(0, 2))
    topics = {number % len(_HALLMARKS), *others}
    sentences: list[set[int]] = [{topic} for topic in sorted(topics)]
    if len(sentences) > 2:
        sentences.append(set(random.sample(sorted(topics), 2)))
    sentences += [set() for _ in range(random.randint(5, 7))]
    random.shuffle(sentences)
    rows = [
        _row(hallmarks, _sentence(hallmarks, number * 8 + place, random), document, place)
        for place, hallmarks in enumerate(sentences)
    ]
    if number % 8 == 0:
        heading = _HEADINGS[number // 8 % len(_HEADINGS)]
        rows.append(_row(set(), heading, document, len(rows)))
    return rows


def _sentence(hallmarks: set[int], number: int, random: Random) -> str:
    told = set(hallmarks)
    if random.random() < _NOISE:
        told ^= {random.randrange(len(_HALLMARKS))}
    topics = [random.choice(_HALLMARKS[hallmark]) for hallmark in sorted(told)]
    topics = topics or [random.choice(_OTHER_TOPICS)]
    template = f"{random.choice(_FRAMES)} {' and '.join(topics)}."
    text = capitalised(opening(number, random) + text_of(fill(template, random)))
    return " ".join(_TOKEN.findall(text))


def _row(hallmarks: set[int], sentence: str, document: int, place: int) -> Row:
    labels = ",".join(f"{label}_{int(label in hallmarks)}" for label in range(len(_HALLMARKS)))
    return [labels, sentence, f"{document}_s{place}"]
