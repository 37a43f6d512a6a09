"""docs/parity.md and docs/own-corpus.md: complete, true, and their examples work."""

import re
from pathlib import Path

import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params

from tests.configs.jsonnet_files import CONFIGS, FAMILIES, evaluate, hidden_fields, variant

DOCS = CONFIGS.parent / "docs"
# Without the table of measured effects, whose rows are changes of fields.
PARITY = re.sub("<!-- made by .*<!-- to here -->", "", (DOCS / "parity.md").read_text(), flags=re.S)
OWN_CORPUS = (DOCS / "own-corpus.md").read_text()
TINY = Path(__file__).parent / "tiny.libsonnet"

# All that elmoft.py's option parser takes.
OPTIONS = """
    -u --task -m --model --options_path --weights_path --data_dir --maxlen -j --epochs -z --bsize
    --lr --wdecay --pdrop --do_norm --norm_type --do_lastdrop --initln --initln_mean --initln_std
    --fchdim --seq2vec --seq2seq --pool --do_crf --ssfunc --pthrshld --earlystop --es_patience
    --es_delta --clipmaxn --weight_class --lm_loss --lmcoef --droplast --resume -n --np -g --gpunum
    -q --gpuq --distrb --pretrained -k --kfold -p --pid -f --fmt -s --spfmt -a --avg -o --omp
    --gpumem --crsdev --distbknd --disturl --maxtrial -i --input -w --cache -v --verbose
""".split()  # noqa: SIM905  as a list it takes a page


def rows(text: str) -> list[list[str]]:
    """The rows of the tables of a page, without their heads."""
    lines = [line for line in text.splitlines() if re.match(r"\| (?!-)", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def known_fields() -> set[str]:
    return set.union(*(hidden_fields(task) for task in FAMILIES.values()))


def test_every_option_of_the_original_has_one_row() -> None:
    table = [row for row in rows(PARITY) if len(row) == 5]
    found = [name for row in table for name in names(row[0]) if name.startswith("-")]
    assert sorted(found) == sorted(OPTIONS)


def test_every_field_has_a_row_and_every_row_a_field() -> None:
    tables = rows(PARITY)
    in_options = [name for row in tables if len(row) == 5 for name in names(row[1])]
    in_additions = [name for row in tables if len(row) == 3 for name in names(row[0])]
    fields = known_fields() - {"declared_fields", "domains", "inert"}
    assert fields <= set(in_options) | set(in_additions)
    assert set(in_options) <= fields
    of_preset = [name for row in tables if row[0].startswith("`") for name in names(row[0])]
    assert {name for name in of_preset if not name.startswith("-")} <= fields


def test_the_presets_table_has_every_field_that_differs() -> None:
    section = PARITY.split("## The preset `paper`")[1].split("## Options")[0]
    listed = {name for row in rows(section) for name in names(row[0])}
    differing = set()
    for task in FAMILIES.values():
        knobs = hidden_fields(task) - {"declared_fields", "domains", "inert", "preset"}
        members = ", ".join(f"{knob}: $.{knob}" for knob in knobs)
        fields = f"declared_fields+:: ['knobs'], knobs: {{ {members} }}"
        default, paper = (
            evaluate(variant(task, f"preset:: '{preset}', {fields}"))["knobs"]
            for preset in ("default", "paper")
        )
        differing |= {knob for knob in knobs if default[knob] != paper[knob]}
    assert differing == listed


def test_the_variant_on_the_parity_page_works() -> None:
    (example,) = re.findall(r"```jsonnet\n(.+?)```", PARITY, re.DOTALL)
    assert evaluate(example)["trainer"]["optimizer"]["lr"] == 0.0005


def files_of_the_page() -> dict[str, str]:
    """Path and text of each file that the page shows."""
    return dict(re.findall(r"^`(\S+)`:\n\n```\w+\n(.+?)```$", OWN_CORPUS, re.DOTALL | re.MULTILINE))


def test_the_page_on_corpora_shows_two_configs_and_their_files() -> None:
    assert sorted(files_of_the_page()) == [
        "corpora/herb-effects/train.tsv",
        "corpora/plants/train.tsv",
        "my-configs/herbs.jsonnet",
        "my-configs/plants.jsonnet",
    ]


@pytest.mark.parametrize("config", ["my-configs/herbs.jsonnet", "my-configs/plants.jsonnet"])
def test_a_corpus_of_ones_own_trains(config: str, tiny_elmo: Path, tmp_path: Path) -> None:
    (tmp_path / "configs").symlink_to(CONFIGS)
    for name, text in files_of_the_page().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if path.name == "train.tsv":
            (path.parent / "dev.tsv").write_text(text)
    assert len((tmp_path / config).read_text().splitlines()) <= 10
    tiny = tmp_path / "my-configs" / "tiny.jsonnet"
    tiny.write_text(f"(import '{Path(config).name}') + (import '{TINY}')")
    folders = {"ELMO_DIR": str(tiny_elmo), "DATASET_DIR": str(tmp_path / "corpora")}
    model = train_model(Params.from_file(tiny, ext_vars=folders), tmp_path / "run")
    assert model is not None
    assert "blue" in model.get_metrics(reset=True)


@pytest.mark.parametrize("kind", FAMILIES)
def test_the_page_says_what_each_kind_must_be_told(kind: str) -> None:
    (row,) = [each for each in rows(OWN_CORPUS) if f"`lib/{kind}.libsonnet`" in each[1]]
    values = {
        "corpus": "'c'",
        "labels": "['a', 'b']",
        "negative_label": "null",
        "entity_type": "'Gene'",
        "max_score": "3",
    }
    members = ", ".join(f"{field}:: {values[field]}" for field in names(row[2]))
    assert evaluate(f"(import 'lib/{kind}.libsonnet') + {{ {members} }}")["model"]
