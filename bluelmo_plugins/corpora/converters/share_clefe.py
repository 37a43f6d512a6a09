"""
ShARe/CLEFE 2013, task 1, from its reports and their annotations.

Annotations are files with one disorder a line, or Knowtator's XML. A disorder has all of its spans:

    REPORT.txt||Disease_Disorder||C0000001||10||14||30||35

As in BLUE, placeholders such as `[**Name**]` are read as the word PATTERN, and rows of underscores,
bars and tildes as white space.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from bluelmo_plugins.corpora.converters.originals import (
    by_stem,
    find_files,
    is_test,
    missing_part,
    parse_offset,
    read_annotation_lines,
    read_document,
)
from bluelmo_plugins.corpora.converters.safe_xml import read_xml
from bluelmo_plugins.corpora.converters.splits import (
    LIST_NAME,
    Choices,
    Notes,
    Parts,
    Splits,
    divide_training,
)
from bluelmo_plugins.corpora.converters.tagging import Annotation, tag_document
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.mentions import Span

# 1065 of the 5693 mentions are in BLUE's dev split.
_DEV_SHARE = 0.19
_DISORDER_LINE = re.compile(r"[^|\s]+(\|\|[^|]*){2}(\|\|\d+\|\|\d+)+\s*")
_PLACEHOLDER = re.compile(r"\[\*\*.*?\*\*\]")
_FILLING = re.compile(r"\|{4}|___|~~")
_WORD = "PATTERN"


def convert_share_clefe(source: Path, choices: Choices, notes: Notes) -> Splits:
    """Makes the token rows of the disorders. Lists have names of reports."""
    reports, annotations = _find(source)
    parts: Parts = {False: {}, True: {}}
    for name, path in reports.items():
        if name not in annotations:
            notes.add("reports without annotations, left out", path)
            continue
        text = read_document(path)
        mentions = _read_annotations(annotations[name], name, len(text), notes)
        text = _without_filling(text)
        part = parts[is_test(path, source)]
        part[name] = tag_document(name, text, mentions, notes, discontinuous=True)
    for name, path in annotations.items():
        if name not in reports:
            raise InputError(f"there is no report '{name}.txt', which it annotates", file=path)
    for test, part in parts.items():
        if not part:
            raise missing_part(source, test, "annotated reports")
    return divide_training(parts, choices.lists, _DEV_SHARE, source, notes)


def _find(source: Path) -> tuple[dict[str, Path], dict[str, Path]]:
    """Finds the reports and the annotations, both by the names of the reports."""
    texts, annotations, empty = [], [], []
    for path in find_files(source, rf"(?!{LIST_NAME}$)(?!readme).*\.(txt|pipe)"):
        data = path.read_bytes()
        first_line = data.lstrip().split(b"\n", 1)[0].decode("utf-8", "replace")
        if _DISORDER_LINE.fullmatch(first_line):
            annotations.append(path)
        elif data.strip():
            texts.append(path)
        else:
            empty.append(path)
    reports = by_stem(texts)
    # A report without any disorder has an empty file of annotations.
    annotations += [path for path in empty if path.name.split(".")[0] in reports]
    # Where there are both kinds, they have the same disorders.
    return reports, {**by_stem(find_files(source, r".*\.xml")), **by_stem(annotations)}


def _read_annotations(path: Path, report: str, length: int, notes: Notes) -> list[Annotation]:
    if path.suffix.lower() == ".xml":
        found = _read_knowtator(path, notes)
    else:
        found = [_disorder(line, text, path, report) for line, text in read_annotation_lines(path)]
    for annotation in found:
        if annotation.spans[-1][1] > length:
            raise InputError(
                f"the disorder ends at {annotation.spans[-1][1]}",
                file=path,
                line=annotation.line,
                expected=f"a place in a report of {length} characters",
            )
    return found


def _disorder(line: int, text: str, path: Path, report: str) -> Annotation:
    name, *_ = fields = text.split("||")
    if not _DISORDER_LINE.fullmatch(text) or name.split(".")[0] != report:
        raise InputError(
            f"the line is '{text[:80]}'",
            file=path,
            line=line,
            expected=f"{report}.txt||type||CUI||start||end, and more spans perhaps",
        )
    return Annotation(_spans(fields[3:], path, line), path, line)


def _read_knowtator(path: Path, notes: Notes) -> list[Annotation]:
    found = []
    for element in read_xml(path).walk():
        if element.name != "annotation":
            continue
        numbers = [span.get(end) for span in element.named("span") for end in ("start", "end")]
        if numbers:
            found.append(Annotation(_spans(numbers, path, element.line), path, element.line))
        else:
            notes.add("annotations without a place in the report, left out", path, element.line)
    return found


def _spans(numbers: Sequence[str], path: Path, line: int) -> tuple[Span, ...]:
    places = [parse_offset(each, path, line) for each in numbers]
    spans = sorted(zip(places[::2], places[1::2], strict=True))
    for number, (start, end) in enumerate(spans):
        if start >= end or (number and start < spans[number - 1][1]):
            raise InputError(
                f"the disorder has the spans {spans}",
                file=path,
                line=line,
                expected="spans that are not empty and do not overlap",
            )
    return tuple(spans)


def _without_filling(text: str) -> str:
    """Replaces placeholders and rows of signs, each character by one, so that offsets hold."""
    text = _PLACEHOLDER.sub(lambda found: _WORD.rjust(len(found[0]))[-len(found[0]) :], text)
    return _FILLING.sub(lambda found: " " * len(found[0]), text)
