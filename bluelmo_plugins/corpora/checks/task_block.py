"""What there is of a task, for people."""

from collections.abc import Iterator
from pathlib import Path

from bluelmo_plugins.corpora.checks.counts import count_rows, repeat_rows, shared_rows
from bluelmo_plugins.corpora.checks.findings import Findings
from bluelmo_plugins.corpora.checks.text import fact, number_table


def task_block(findings: Findings) -> str:
    """What the check says about a task."""
    return "\n".join([_title(findings), *_facts(findings)])


def _title(findings: Findings) -> str:
    name, about = findings.task.name, findings.task.about
    if findings.is_sample:
        return f"{name} [sample corpus]"
    return name if about.corpus is None else f"{name}: {about.corpus}"


def _facts(findings: Findings) -> Iterator[str]:
    folder = findings.task.files()["train"].parent
    if not findings.surveys and not findings.broken and not folder.is_dir():
        yield from fact("missing", f"there is no folder {folder}")
    else:
        if findings.surveys:
            yield from _files(findings)
        yield from fact("broken", *(str(findings.errors[split]) for split in findings.broken))
        # Of a folder without any of the files, one message says what it holds.
        missing = findings.missing if findings.surveys else findings.missing[:1]
        yield from fact("missing", *(str(findings.errors[split]) for split in missing))
    about = findings.task.about
    if findings.missing and about.source is not None:
        yield from fact("get it", f"from {about.source}")
    if findings.missing and about.licence is not None:
        yield from fact("licence", about.licence)
    if findings.surveys:
        yield from _numbers(findings)


def _files(findings: Findings) -> Iterator[str]:
    surveys = findings.surveys
    names: dict[Path, list[str]] = {}
    for survey in surveys.values():
        names.setdefault(survey.file.parent, []).append(survey.file.name)
    yield from fact("files", *(f"{folder}: {', '.join(files)}" for folder, files in names.items()))
    layouts = {split: survey.report.layout for split, survey in surveys.items()}
    if len(set(layouts.values())) == 1:
        yield from fact("layout", next(iter(layouts.values())))
    else:
        yield from fact("layout", *(f"{split}: {layout}" for split, layout in layouts.items()))


def _numbers(findings: Findings) -> Iterator[str]:
    surveys = findings.surveys
    published = None if findings.is_sample else findings.task.about.counts
    rows = count_rows(surveys, published, findings.task.labels)
    yield from number_table([*rows, *repeat_rows(surveys), *shared_rows(surveys)], surveys)
