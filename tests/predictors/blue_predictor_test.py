"""What all predictors share: reading JSON lines and corpus files, and both output formats."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.commands.predict import _PredictManager
from allennlp.models import Model
from allennlp.predictors import Predictor

from bluelmo_plugins.dataset_readers.elmo_indexer import BlueElmoCharactersIndexer
from bluelmo_plugins.dataset_readers.relation import RelationReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules.bilm import ElmoFiles
from bluelmo_plugins.modules.elmo.feature_cache_options import FeatureCacheOptions
from bluelmo_plugins.modules.elmo.frozen_bilm import FrozenBiLm
from bluelmo_plugins.predictors import blue_predictor
from bluelmo_plugins.predictors.blue_predictor import FeaturePassReader, shortened
from bluelmo_plugins.vocabulary import LabelVocabulary

Make = Callable[..., Predictor]

FILES = {
    "blue_relation": (["index", "sentence", "label"], ["raises"]),
    "blue_multilabel": (["index", "sentence", "labels"], ["raises,lowers"]),
    "blue_similarity": (["index", "sentence1", "sentence2", "score"], ["3.5"]),
    "blue_inference": (["index", "sentence1", "sentence2", "label"], ["raises"]),
}


def written(predictor: Predictor, source: Path, use_reader: bool, batch_size: int = 2) -> str:
    """Runs the code of `allennlp predict`; returns what it writes."""
    out = source.with_suffix(".out")
    _PredictManager(predictor, str(source), str(out), batch_size, False, use_reader).run()
    return out.read_text(encoding="utf-8")


def predict_file(*args: Any, **named: Any) -> list[dict[str, Any]]:
    """Runs the code of `allennlp predict`; returns the JSON lines that it writes."""
    text = written(*args, **named)
    assert text.isascii()
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("batch_size", [1, 2])
def test_json_lines_are_predicted_in_order_with_their_index(
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
def test_a_corpus_file_is_predicted_in_order_and_gold_labels_do_not_leak(
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
def test_predictions_on_a_corpus_file_have_the_official_format(
    predictor: Make, name: str, batch_size: int, tmp_path: Path
) -> None:
    header, gold = FILES[name]
    rows = [[f"id{n}", *["Bex" + n * "x"] * (len(header) - 2), *gold] for n in (4, 3, 5)]
    source = tmp_path / "test.tsv"
    source.write_text("".join("\t".join(line) + "\n" for line in [header, *rows]))
    text = written(predictor(name), source, use_reader=True, batch_size=batch_size)
    assert text.split("\n") == [*OFFICIAL[name], ""]


def test_an_unknown_output_format_is_an_error(predictor: Make) -> None:
    with pytest.raises(InputError, match=r"output_format 'jsno'.*'official', 'json'.*mean 'json'"):
        predictor("blue_relation", output_format="jsno")


def test_the_reader_does_not_require_labels(predictor: Make) -> None:
    assert RelationReader(labels=["a"]).labels_required
    assert not predictor("blue_relation")._dataset_reader._reader.labels_required


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"sentence": "Zo"', "is not JSON: Expecting ',' delimiter at column 18"),
        ("index\tsentence", "add --use-dataset-reader"),
        ('{"sentence": "Zo \\ud83d"}', "half of a surrogate pair"),
        ('["Zo"]', 'is not a JSON object: ["Zo"]. Expected one JSON object per line'),
    ],
)
def test_a_line_without_a_json_object_is_an_error_with_its_number_and_text(
    predictor: Make, line: str, message: str
) -> None:
    relation = predictor("blue_relation")
    relation.load_line('{"sentence": "Zo"}\n')
    with pytest.raises(InputError) as raised:
        relation.load_line(line + "\n")
    assert str(raised.value).startswith("JSON line 2 ")
    assert line in str(raised.value)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        ("blue_relation", {"sentense": "Zo"}, 'lacks the key \'sentence\': {"sentense": "Zo"}'),
        ("blue_multilabel", {"sentence": 3}, "'sentence' is not a text"),
        ("blue_relation", {"sentence": " "}, "'sentence' is not a text"),
        ("blue_relation", {"tokens": "Zo"}, "'tokens' is not a list of words"),
        ("blue_relation", {"tokens": []}, "'tokens' is not a list of words"),
        ("blue_relation", {"tokens": ["Zo", 3]}, "'tokens' is not a list of words"),
        ("blue_similarity", {"sentence1": "Zo"}, "lacks the key 'sentence2'"),
        ("blue_inference", {"sentence2": "Zo"}, "lacks the key 'sentence1'"),
    ],
)
def test_a_json_input_without_its_text_is_an_error(
    predictor: Make, name: str, inputs: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError) as raised:
        predictor(name).predict_json(inputs)
    assert message in str(raised.value)
    assert "Expected" in str(raised.value)


@pytest.mark.parametrize("batch_size", [1, 2, 64])
def test_a_bad_input_is_an_error_with_its_line_and_the_number_of_written_predictions(
    predictor: Make, tmp_path: Path, batch_size: int
) -> None:
    source = tmp_path / "new.jsonl"
    source.write_text('{"sentence": "Zo"}\n\n' * 4 + '{"sentence": " "}\n')
    num_written = 4 // batch_size * batch_size
    message = rf"JSON line 5 .*'sentence' is not a text.*predictions of {num_written} lines"
    with pytest.raises(InputError, match=message):
        written(predictor("blue_relation"), source, use_reader=False, batch_size=batch_size)


def test_long_inputs_are_truncated_in_messages() -> None:
    assert shortened("x" * 90) == "x" * 80 + "..."
    assert shortened(" short\n") == "short"


class FrozenElmo(Model):
    """A model with a frozen biLM only."""

    def __init__(self, elmo: Path, store: Path) -> None:
        super().__init__(LabelVocabulary.from_labels(["up"]))
        files = ElmoFiles.in_folder(elmo)
        assert files is not None
        self.bilm = FrozenBiLm(files, FeatureCacheOptions(str(store)))


def test_features_are_computed_before_the_instances_are_yielded_in_order(
    tiny_elmo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blue_predictor, "FEATURE_PASS_SIZE", 3)
    rows = [f"{number}\tZo raises Bex {number % 3} .\tup\n" for number in range(7)]
    corpus = tmp_path / "test.tsv"
    corpus.write_text("index\tsentence\tlabel\n" + "".join(rows))
    model = FrozenElmo(tiny_elmo, tmp_path / "store")
    indexer = BlueElmoCharactersIndexer()
    reader = FeaturePassReader(
        RelationReader(labels=["up"], token_indexers={"elmo": indexer}), model
    )
    seen = []
    for instance in reader.read(corpus):
        field = instance["tokens"]
        ids = field.as_tensor(field.get_padding_lengths())["elmo"]["elmo_tokens"]
        model.bilm(torch.stack([ids]))
        assert not model.bilm._loaded, "the layers are not in the cache"
        seen.append(instance["metadata"]["index"])
    assert seen == [str(number) for number in range(7)]
