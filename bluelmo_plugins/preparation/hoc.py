"""
Hallmarks of Cancer from its texts and labels, two files for each abstract, or from `HoCCorpus`.

The original has 1852 abstracts, of which BLUE has the 1580 that are annotated in
`bluelmo_plugins.preparation.hoc_split`.
"""

import re
from pathlib import Path

from bluelmo_plugins.dataset_readers.text_file import read_lines
from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.preparation.hoc_split import BLUE_SPLITS
from bluelmo_plugins.preparation.notes import Notes
from bluelmo_plugins.preparation.originals import by_stem, find_files
from bluelmo_plugins.preparation.split_lists import divide
from bluelmo_plugins.preparation.splits import Choices, Row, Splits
from bluelmo_plugins.preparation.tables import one_line

HALLMARKS = (
    "activating invasion and metastasis",
    "avoiding immune destruction",
    "cellular energetics",
    "enabling replicative immortality",
    "evading growth suppressors",
    "genomic instability and mutation",
    "inducing angiogenesis",
    "resisting cell death",
    "sustaining proliferative signaling",
    "tumor promoting inflammation",
)
"""The labels in the order of their flags."""
_NO_LABEL = ("", "null", "none")
_AND = re.compile(r"(?<=\s)AND")
_LISTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_LIST = re.compile(r"\[\s*(?:(?:'[^']*'|\"[^\"]*\")(?:\s*,\s*(?:'[^']*'|\"[^\"]*\"))*)?\s*\]")
_UNEVEN = "abstracts with more or fewer labels than sentences, labelled from the first on"


def prepare_hoc(source: Path, choices: Choices, notes: Notes) -> Splits:
    """
    Makes a row for every sentence, with a flag for each hallmark.

    # Parameters

    source : `Path`
        Holds the folders ``text`` and ``labels`` with a file for each abstract; or files of lines
        ``SENTENCE<TAB>['label', ...]``, one for each abstract.
    choices : `Choices`
        Lists name abstracts by their PubMed ids.
    notes : `Notes`
        Counts what is not as in the original.

    # Returns

    `Splits`

    # Raises

    `InputError`
        If abstracts or labels are missing, or a label is none of the ten hallmarks.
    """
    files = find_files(source, r"\d+\.txt")
    of_labels = [path for path in files if path.parent.name.lower() == "labels"]
    texts = by_stem(path for path in files if path not in set(of_labels))
    labels = by_stem(of_labels)
    if not texts:
        raise InputError(
            "holds no texts of abstracts",
            file=source,
            expected="files such as text/11724768.txt and labels/11724768.txt",
        )
    lists = choices.lists or BLUE_SPLITS
    splits: Splits = {}
    for split, names in divide(texts, lists, source, notes).items():
        splits[split] = [["labels", "sentence", "index"]]
        for name in names:
            if labels and name not in labels:
                raise InputError(
                    "there are no labels of it", file=texts[name], expected=f"labels/{name}.txt"
                )
            sentences = (
                _read_both(texts[name], labels[name], notes)
                if labels
                else _read_listed(texts[name])
            )
            splits[split] += _rows(name, sentences)
    return splits


def _rows(name: str, sentences: list[tuple[str, set[str]]]) -> list[Row]:
    return [
        [
            ",".join(f"{i}_{int(label in labels)}" for i, label in enumerate(HALLMARKS)),
            sentence,
            f"{name}_s{number}",
        ]
        for number, (sentence, labels) in enumerate(sentences)
    ]


def _read_both(text: Path, labels: Path, notes: Notes) -> list[tuple[str, set[str]]]:
    """
    The sentences of a text, one a line, and their labels: all in one line, `<` before those of each
    sentence, `AND` between two, `--` between a hallmark and what is below it in the taxonomy.
    """
    sentences = [line.strip() for line in read_lines(text) if line.strip()]
    groups = "\n".join(read_lines(labels)).split("<")[1:]
    if len(groups) != len(sentences):
        notes.add(_UNEVEN, labels)
    groups += [""] * (len(sentences) - len(groups))
    return [
        (sentence, {*_hallmarks(_AND.split(f" {group}"), labels, 1)})
        for sentence, group in zip(sentences, groups, strict=False)
    ]


def _read_listed(path: Path) -> list[tuple[str, set[str]]]:
    found = []
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        sentence, tab, listed = line.strip().partition("\t")
        if not tab or not _LIST.fullmatch(listed.strip()):
            raise InputError(
                f"the line ends with '{line[-60:]}'",
                file=path,
                line=number,
                expected="a sentence, a tab, and labels as in ['resisting cell death']; or labels "
                "in a folder 'labels' beside the texts",
            )
        names = [single or double for single, double in _LISTED.findall(listed)]
        found.append((sentence.strip(), {*_hallmarks(names, path, number)}))
    return found


def _hallmarks(names: list[str], path: Path, line: int) -> list[str]:
    found = []
    for name in names:
        hallmark = one_line(name.split("--")[0].lower())
        if hallmark in _NO_LABEL:
            continue
        if hallmark not in HALLMARKS:
            raise unknown_name("hallmark", hallmark, HALLMARKS, file=path, line=line)
        found.append(hallmark)
    return found
