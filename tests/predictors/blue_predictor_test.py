"""What all predictors share: JSON lines in and out, and what is told about bad ones."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allennlp.commands.predict import _PredictManager
from allennlp.predictors import Predictor

from bluelmo_plugins.dataset_readers.relation import RelationReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.predictors.blue_predictor import shortened

Make = Callable[..., Predictor]

FILES = {
    "blue_relation": (["index", "sentence", "label"], ["raises"]),
    "blue_multilabel": (["index", "sentence", "labels"], ["raises,lowers"]),
    "blue_similarity": (["index", "sentence1", "sentence2", "score"], ["3.5"]),
    "blue_inference": (["index", "sentence1", "sentence2", "label"], ["raises"]),
}


def written(predictor: Predictor, source: Path, use_reader: bool, batch_size: int = 2) -> str:
    """What the `predict` command writes, from its own code."""
    out = source.with_suffix(".out")
    _PredictManager(predictor, str(source), str(out), batch_size, False, use_reader).run()
    return out.read_text(encoding="utf-8")


def predict_file(*args: Any, **named: Any) -> list[dict[str, Any]]:
    """The JSON lines that the `predict` command writes."""
    text = written(*args, **named)
    assert text.isascii()
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("batch_size", [1, 2])
def test_json_lines_are_answered_in_order_with_their_index(
    predictor: Make, name: str, batch_size: int, tmp_path: Path
) -> None:
    texts = ["Amilor é here.", "Zo", "Bex raises Zo."]
    inputs = [
        {"index": number, "sentence": text, "sentence1": text, "sentence2": text}
        for number, text in enumerate(texts)
    ]
    del inputs[2]["index"]
    source = tmp_path / "in.jsonl"
    lines = "\n\n".join(json.dumps(each, ensure_ascii=False) for each in inputs)
    source.write_text("\ufeff" + lines, encoding="utf-8")
    outputs = predict_file(predictor(name), source, use_reader=False, batch_size=batch_size)
    assert [each["index"] for each in outputs] == ["0", "1", None]


@pytest.mark.parametrize("name", FILES)
def test_a_corpus_file_gives_all_rows_in_order_and_gold_never_leaks(
    predictor: Make, name: str, tmp_path: Path
) -> None:
    header, gold = FILES[name]
    rows = [[f"id{n}", *["Bex" + n * "x"] * (len(header) - 2)] for n in (4, 3, 5, 1, 3)]
    predictions = []
    for labelled in (True, False):
        lines = [header, *(row + gold for row in rows)] if labelled else [header[:-1], *rows]
        source = tmp_path / f"{labelled}.tsv"
        source.write_text("".join("\t".join(line) + "\n" for line in lines))
        as_json = predict_file(predictor(name, output_format="json"), source, use_reader=True)
        predictions.append((as_json, written(predictor(name), source, use_reader=True)))
    with_gold, without_gold = predictions
    assert [each["index"] for each in with_gold[0]] == [row[0] for row in rows]
    assert with_gold == without_gold


OFFICIAL = {
    "blue_relation": [
        "id\tdocid\targ1\targ2\tlabel",
        "id4\tid4\t-\t-\traises",
        "id3\tid3\t-\t-\tnone",
        "id5\tid5\t-\t-\tlowers",
    ],
    "blue_multilabel": ["index\tlabels", "id4\traises", "id3\t", "id5\tlowers"],
    "blue_similarity": ["index\tscore", "id4\t2.33333325", "id3\t2.0", "id5\t2.66666675"],
    "blue_inference": ["index\tlabel", "id4\traises", "id3\tnone", "id5\tlowers"],
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("batch_size", [1, 2])
def test_a_corpus_file_becomes_what_the_official_script_reads(
    predictor: Make, name: str, batch_size: int, tmp_path: Path
) -> None:
    header, gold = FILES[name]
    rows = [[f"id{n}", *["Bex" + n * "x"] * (len(header) - 2), *gold] for n in (4, 3, 5)]
    source = tmp_path / "test.tsv"
    source.write_text("".join("\t".join(line) + "\n" for line in [header, *rows]))
    text = written(predictor(name), source, use_reader=True, batch_size=batch_size)
    assert text.split("\n") == [*OFFICIAL[name], ""]


def test_an_unknown_output_format_is_told(predictor: Make) -> None:
    with pytest.raises(InputError, match=r"output_format 'jsno'.*'official', 'json'.*mean 'json'"):
        predictor("blue_relation", output_format="jsno")


def test_the_reader_does_not_ask_for_labels_any_more(predictor: Make) -> None:
    assert RelationReader(labels=["a"]).labels_required
    assert not predictor("blue_relation")._dataset_reader._reader.labels_required


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"sentence": "Zo"', "is not JSON: Expecting ',' delimiter at column 18"),
        ("index\tsentence", "add --use-dataset-reader"),
        ('{"sentence": "Zo \\ud83d"}', "half of a surrogate pair"),
        ('["Zo"]', 'is no JSON object: ["Zo"]. Expected one JSON object a line'),
    ],
)
def test_a_line_that_is_no_json_object_is_shown(predictor: Make, line: str, told: str) -> None:
    relation = predictor("blue_relation")
    relation.load_line('{"sentence": "Zo"}\n')
    with pytest.raises(InputError) as raised:
        relation.load_line(line + "\n")
    assert str(raised.value).startswith("JSON line 2 (blank lines not counted) ")
    assert line in str(raised.value)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("name", "inputs", "told"),
    [
        ("blue_relation", {"sentense": "Zo"}, 'lacks the key \'sentence\': {"sentense": "Zo"}'),
        ("blue_multilabel", {"sentence": 3}, "'sentence' is no text"),
        ("blue_relation", {"sentence": " "}, "'sentence' is no text"),
        ("blue_relation", {"tokens": "Zo"}, "'tokens' is no list of words"),
        ("blue_relation", {"tokens": []}, "'tokens' is no list of words"),
        ("blue_relation", {"tokens": ["Zo", 3]}, "'tokens' is no list of words"),
        ("blue_similarity", {"sentence1": "Zo"}, "lacks the key 'sentence2'"),
        ("blue_inference", {"sentence2": "Zo"}, "lacks the key 'sentence1'"),
    ],
)
def test_a_json_input_without_its_text_is_told(
    predictor: Make, name: str, inputs: dict[str, Any], told: str
) -> None:
    with pytest.raises(InputError) as raised:
        predictor(name).predict_json(inputs)
    assert told in str(raised.value)
    assert "Expected" in str(raised.value)


@pytest.mark.parametrize("batch_size", [1, 2, 64])
def test_a_bad_input_is_told_with_its_line_and_what_was_written_stays(
    predictor: Make, tmp_path: Path, batch_size: int
) -> None:
    source = tmp_path / "new.jsonl"
    source.write_text('{"sentence": "Zo"}\n\n' * 4 + '{"sentence": " "}\n')
    num_written = 4 // batch_size * batch_size
    told = rf"JSON line 5 \(blank.*'sentence' is no text.*predictions of {num_written} lines"
    with pytest.raises(InputError, match=told):
        written(predictor("blue_relation"), source, use_reader=False, batch_size=batch_size)


def test_long_inputs_are_shortened_in_messages() -> None:
    assert shortened("x" * 90) == "x" * 80 + "..."
    assert shortened(" short\n") == "short"
