"""docs/config.md is what the comments in configs/lib and the configs say, and says all of it."""

import re

import pytest

from docs.config_reference import page
from tests.configs.docs_test import names, rows
from tests.configs.jsonnet_files import (
    CONFIGS,
    FAMILIES,
    TASKS,
    error,
    evaluate,
    hidden_fields,
    variant,
)

DOCS = CONFIGS.parent / "docs"
PAGE = (DOCS / "config.md").read_text()
PARITY = (DOCS / "parity.md").read_text()
OPTION = re.compile(r"(?<![\w-])--?[a-z]\w*")

# The task and the field of each choice between names.
CHOICES = {
    "preset": "ddi",
    "elmo_compute": "ddi",
    "feature_precision": "ddi",
    "seq2vec": "ddi",
    "pool": "ddi",
    "seq2seq": "bc5cdr-chem",
    "norm": "ddi",
    "keep": "ddi",
    "average": "ddi",
    "pair_combiner": "mednli",
}


def row_of(field: str) -> list[str]:
    """The first row of a field: its name, default, values and meaning."""
    return next(row for row in rows(PAGE) if len(row) == 4 and row[0] == f"`{field}`")


def meaning(field: str) -> str:
    """What the page says about a field, beside its default and values."""
    text = row_of(field)[3]
    return meaning(names(text)[0]) if text.startswith("see `") else text


def test_the_page_is_what_the_generator_makes_of_the_configs() -> None:
    assert page.make_page() == PAGE, "run `make docs`"


def test_every_field_of_every_task_has_one_row() -> None:
    fields = set.union(*map(hidden_fields, TASKS)) - {"declared_fields"}
    found = [row[0].strip("`") for row in rows(PAGE) if len(row) == 4 and row[0] != "field"]
    assert sorted(found) == sorted(fields)


def test_every_field_has_a_meaning() -> None:
    fields = set.union(*map(hidden_fields, TASKS)) - {"declared_fields"}
    assert [field for field in fields if len(meaning(field).split()) < 3] == []


@pytest.mark.parametrize(("field", "task"), CHOICES.items())
def test_every_name_that_a_field_may_have_is_on_the_page(field: str, task: str) -> None:
    message = error(variant(task, f"{field}:: 'zzzzzzzzzzzz'"))
    known = re.findall(r"'([^']+)'", message.split("Known: ")[1])
    assert len(known) > 1
    said = set(re.findall(r"[\w-]+", row_of(field)[2]))
    assert set(known) <= said


@pytest.mark.parametrize("name", ["seq2vec", "seq2seq"])
def test_every_encoder_is_explained(name: str) -> None:
    section = PAGE.split(f"**`{name}`**: ")[1].split("\n\n")[1]
    explained = [each for row in rows(section)[1:] for each in names(row[0])]
    message = error(variant(CHOICES[name], f"{name}:: 'zzzzzzzzzzzz'"))
    assert sorted(explained) == re.findall(r"'([^']+)'", message.split("Known: ")[1])


def test_the_originals_options_are_those_of_the_parity_page() -> None:
    parity = {
        field: set(OPTION.findall(row[0]))
        for row in rows(PARITY)
        if len(row) == 5
        for field in names(row[1])
    }
    # One comment may be about several fields.
    for field, options in parity.items():
        if said := set(OPTION.findall(meaning(field))):
            of_comment = {
                option
                for other, more in parity.items()
                if meaning(other) == meaning(field)
                for option in more
            }
            assert said <= of_comment, field
        # Of `average`, the original never read its option.
        elif field != "average":
            assert {option for option in options if option.startswith("-")} == set(), field


@pytest.mark.parametrize("kind", FAMILIES)
def test_every_kind_has_a_section_with_its_tasks(kind: str) -> None:
    (line,) = re.findall(rf"^`lib/{kind}\.libsonnet`, for (.+?)\. ", PAGE, re.MULTILINE)
    of_kind = [t for t in TASKS if f"lib/{kind}.libs" in (CONFIGS / f"{t}.jsonnet").read_text()]
    assert sorted(names(line)) == sorted(of_kind)


@pytest.mark.parametrize(
    ("field", "default"),
    [
        ("lr", "`0.001`; mednli: `0.0005`"),
        ("weight_decay", "`1e-5`"),
        ("maxlen", "`128`; relation, multilabel: `null`; similarity: `256`"),
        ("patience", "`5`; i2b2, biosses: `null`; `paper`: `null`"),
        ("norm", "`'batch'`; `paper`: ner: `'batch_positions'`"),
        ("corpus", "must be given"),
        ("max_score", "must be given"),
        ("score_scale", "`max_score`; `paper`: `5`"),
        ("options_file", "`'$ELMO_DIR/options.json'`"),
    ],
)
def test_the_defaults_are_those_of_the_configs(field: str, default: str) -> None:
    assert row_of(field)[1] == default


def test_the_values_are_the_domains_of_the_configs() -> None:
    assert row_of("patience")[2] == "a whole number, at least 1, or null"
    assert row_of("score_scale")[2] == "a number above 0"
    fields = set.union(*map(hidden_fields, TASKS)) - {"declared_fields", "domains"}
    assert [field for field in fields if not row_of(field)[2]] == []


def test_a_change_of_a_comment_makes_the_page_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    before = page.library
    changed = {"base": before("base").replace("Adam's learning rate", "The speed of learning")}
    monkeypatch.setattr(page, "library", lambda name: changed.get(name, before(name)))
    assert "The speed of learning" in page.make_page()


def test_the_example_on_the_page_works() -> None:
    first, own = re.findall(r"```jsonnet\n(.+?)```", PAGE, re.DOTALL)
    assert evaluate(first)["trainer"]["optimizer"]["lr"] == 0.0005
    assert evaluate(own)["model"]
