"""The page of the study, made of the results alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean

from benchmarks.bare import REPOSITORY
from benchmarks.tables import table
from study.comparison import BETTER, WORSE, Compared, compare, deviation
from study.corpora import CORPORA
from study.picture import draw
from study.plan import STUDIES, Study

PAGE = REPOSITORY / "docs" / "study.md"

_HEAD = """# The study behind the defaults

What each option of the architecture is worth, one at a time around a base: the defaults as they
were before the study. This page and its pictures are made by `make study` from the files in
`study/results`, which hold every single run; nothing here is written by hand.

- **ELMo**: a small biLM (2 layers of 512 cells, 256 features a layer, 2.7 million weights), trained
  for an hour on biomedical text. It is no substitute for the PubMed ELMo, whose best options may be
  others.
- **Corpora**: portions of BC5CDR, DDI, HoC and BIOSSES, and two stand-ins of general English in the
  place of licensed corpora, which are not MedSTS and MedNLI.
- **Scores** are the official ones, in percent, on documents of the training and the dev split that
  were neither learned from nor used to choose an epoch. The test splits were never looked at.
- **Replicates**: each deals the documents anew and has a seed of its own, the same for all
  variants, so that differences are between runs on the same documents with the same seed.
- **Together**: what was better alone was then tried together, on documents that are dealt anew:
  what was chosen by some documents looks better on them than it is. The encoders of tokens are
  tried together around a base with the dropout of 0.2 that came of it, and the number of mixes
  again around the encoders that are the defaults now, as is bf16.
- **Verdict**: "better" and "worse" where the mean difference is greater than the standard deviation
  (n - 1) of the differences, over three replicates at least. With as many comparisons as here, some
  are so by chance."""


def make_page(found: Mapping[str, Sequence[Compared]], pictures: Path) -> str:
    """
    # Parameters

    found : `Mapping[str, Sequence[Compared]]`
        What `compare` gave, by the name of the study.
    pictures : `Path`
        The folder beside the page that gets the pictures.

    # Returns

    `str`
        Markdown.
    """
    blocks = [_HEAD, _progress(found), "## What exceeds its spread", _summary(found)]
    for study in STUDIES.values():
        base, *variants = found[study.name]
        with_difference = [each for each in variants if each.differences]
        if not with_difference:
            continue
        picture = pictures / f"{study.name.replace(' ', '-')}.png"
        draw(with_difference, f"{study.name} ({CORPORA[study.corpus].words})", picture)
        blocks += [
            f"## {study.name}",
            _origin(study, base),
            f"![{study.name}]({pictures.name}/{picture.name})",
            table(("factor", "value", "score", "difference", "verdict"), map(_row, variants)),
        ]
    return "\n\n".join(blocks) + "\n"


def compare_all(results: Path) -> dict[str, list[Compared]]:
    """All studies of a folder of results, by name."""
    return {study.name: compare(study, results) for study in STUDIES.values()}


def write_page(found: Mapping[str, Sequence[Compared]], page: Path) -> None:
    """Writes the page, and its pictures into a folder of its name."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(make_page(found, page.parent / page.stem), encoding="utf-8")


def _progress(found: Mapping[str, Sequence[Compared]]) -> str:
    done = sum(len(each.scores) + each.without_score for all in found.values() for each in all)
    planned = sum(study.replicates * (1 + len(study.variants)) for study in STUDIES.values())
    hours = sum(each.seconds for all in found.values() for each in all) / 3600
    return f"{done} of {planned} runs are done; they took {hours:.1f} hours of one CPU core or two."


def _summary(found: Mapping[str, Sequence[Compared]]) -> str:
    rows = [
        (name, each.variant.factor, each.variant.value, _difference(each), each.verdict)
        for verdict in (BETTER, WORSE)
        for name, compared in found.items()
        for each in compared[1:]
        if each.verdict == verdict
    ]
    if not rows:
        return "Nothing yet."
    return table(("study", "factor", "value", "difference", "verdict"), rows)


def _origin(study: Study, base: Compared) -> str:
    sizes = study.sizes
    return (
        f"{CORPORA[study.corpus].words}: about {sizes.train} rows or sentences to learn from, "
        f"{sizes.select} to choose the epoch by, {sizes.score} to score on; {study.replicates} "
        f"replicates planned. Base: {_score(base)}."
    )


def _row(compared: Compared) -> tuple[str, ...]:
    variant = compared.variant
    return (
        variant.factor,
        variant.value,
        _score(compared),
        _difference(compared),
        compared.verdict,
    )


def _score(compared: Compared) -> str:
    scores = list(compared.scores.values())
    words = with_spread(mean(scores), deviation(scores), len(scores)) if scores else "none"
    return words + (f", {compared.without_score} without" if compared.without_score else "")


def _difference(compared: Compared) -> str:
    if compared.difference is None:
        return ""
    return with_spread(compared.difference, compared.spread, len(compared.differences), sign="+")


def with_spread(value: float, spread: float | None, number: int, sign: str = "") -> str:
    """
    # Parameters

    value, spread : `float`
        A mean, and its standard deviation, if there is one.
    number : `int`
        What they are of.
    sign : `str`, optional (default = `""`)
        "+" where differences have one.

    # Returns

    `str`
        Such as "12.3 ± 0.4 (3)".
    """
    return f"{value:{sign}.1f}" + (f" ± {spread:.1f} ({number})" if spread is not None else "")
