"""The predictor for named entity recognition, with a tagger that depends on the word only."""

import json
from pathlib import Path
from typing import Any, Optional

import pytest
import torch
from allennlp.commands.predict import _PredictManager
from allennlp.data import DatasetReader
from allennlp.models import Model

from bluelmo_plugins.dataset_readers.inference import InferenceReader
from bluelmo_plugins.dataset_readers.ner import NerReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.token_file import read_token_file
from bluelmo_plugins.predictors.ner import NerPredictor
from bluelmo_plugins.vocabulary import LabelVocabulary

TAGS = ["B", "I", "O"]
PROBABILITIES = {"B": [0.5, 0.25, 0.25], "I": [0.1, 0.8, 0.1], "O": [0.2, 0.2, 0.6]}


class WordTagger(Model):
    """Tags `b...` with B, `i...` with I and all other words with O; records the batch sizes."""

    def __init__(self, with_probabilities: bool = True) -> None:
        super().__init__(LabelVocabulary.from_labels(TAGS))
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.with_probabilities = with_probabilities
        self.batches: list[list[int]] = []

    def tag(self, word: str, place: dict[str, Any], position: int) -> str:
        return {"b": "B", "i": "I"}.get(word[0], "O")

    def forward(self, tokens: Any, metadata: list[dict], tags: Any = None) -> dict[str, Any]:
        assert tags is None, "gold must not reach the model"
        names = [
            [self.tag(word, place, i) for i, word in enumerate(place["words"])]
            for place in metadata
        ]
        self.batches.append([len(each) for each in names])
        output: dict[str, Any] = {"tags": names, "metadata": metadata}
        if self.with_probabilities:
            width = max(map(len, names))
            padded = [[PROBABILITIES[t] for t in each + ["O"] * width][:width] for each in names]
            output["probs"] = torch.tensor(padded)
        return output


def predictor(
    model: Optional[Model] = None,
    discontinuous: bool = False,
    max_tokens: Optional[int] = None,
    output_format: str = "json",
) -> NerPredictor:
    reader = NerReader("Chemical", discontinuous, max_tokens=max_tokens)
    return NerPredictor(model or WordTagger(), reader, output_format=output_format)


def predict_file(predictor: NerPredictor, path: Path, out: Path, batch_size: int) -> list[dict]:
    _PredictManager(predictor, str(path), str(out), batch_size, False, True).run()
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_mentions_in_raw_text_have_character_offsets():
    assert predictor().predict_json({"sentence": "Give bromide  ions, now"}) == {
        "document": None,
        "sentence": 0,
        "words": ["Give", "bromide", "ions", ",", "now"],
        "tags": ["O", "B", "I", "O", "O"],
        "mentions": [
            {
                "type": "Chemical",
                "text": "bromide  ions",
                "start": 5,
                "end": 18,
                "locations": [{"start": 5, "end": 18, "text": "bromide  ions"}],
                "tokens": [[1, 3]],
                "probability": 0.4,
            }
        ],
    }


def test_words_are_not_tokenized_again_and_offsets_assume_one_space_between_them():
    output = predictor().predict_json({"words": ["now", "b.o", "i"], "document": "a7"})
    assert output["words"] == ["now", "b.o", "i"]
    (mention,) = output["mentions"]
    assert (mention["start"], mention["end"], mention["text"]) == (4, 9, "b.o i")
    assert output["document"] == "a7"


def test_the_document_id_may_be_given_as_index():
    assert predictor().predict_json({"sentence": "now", "index": 12})["document"] == "12"


def test_a_discontinuous_mention_has_several_locations():
    (mention,) = predictor(discontinuous=True).predict_json({"words": ["b1", "was", "i2", "i3"]})[
        "mentions"
    ]
    assert mention["locations"] == [
        {"start": 0, "end": 2, "text": "b1"},
        {"start": 7, "end": 12, "text": "i2 i3"},
    ]
    assert (mention["text"], mention["start"], mention["end"]) == ("b1 ... i2 i3", 0, 12)
    assert mention["tokens"] == [[0, 1], [2, 4]]
    assert mention["probability"] == pytest.approx(0.5 * 0.8 * 0.8)


def test_long_sentences_are_split_for_the_model_and_joined_again():
    words = ["b" if i % 4 == 0 else "i" if i % 4 < 3 else "o" for i in range(30)]
    model = WordTagger()
    inputs = [{"words": words}, {"words": ["o", "b"]}]
    cut = predictor(model, max_tokens=7).predict_batch_json(inputs)
    assert cut == predictor().predict_batch_json(inputs)
    assert max(length for batch in model.batches for length in batch) <= 7
    assert max(map(len, model.batches)) <= 2, "batches of windows have the requested size"
    assert len(cut[0]["tags"]) == 30


def test_without_tag_probabilities_mentions_have_no_probability():
    output = predictor(WordTagger(with_probabilities=False)).predict_json({"sentence": "bromide"})
    assert "probability" not in output["mentions"][0]


def test_sentences_are_numbered():
    outputs = predictor().predict_batch_json([{"sentence": "a"}, {"sentence": "b"}])
    assert [output["sentence"] for output in outputs] == [0, 1]


@pytest.mark.parametrize("inputs", [{}, {"sentence": ""}, {"words": []}, {"words": "a b"}])
def test_a_wrong_input_is_an_error(inputs):
    with pytest.raises(InputError, match=r"sentence|words"):
        predictor().predict_json(inputs)


def test_a_reader_of_another_task_is_an_error():
    with pytest.raises(InputError, match=r"got the reader InferenceReader. Expected .*'blue_ner'"):
        NerPredictor(WordTagger(), InferenceReader(labels=["neutral"]))


FILE = "b0\t71\t5\tO\nx\t-\t9\tB\ny\t-\t11\tO\ni0\t-\t13\tO\nz\t-\t16\tO\n\nb1\t72\t0\tO\n"


@pytest.mark.parametrize("batch_size", [1, 2, 64])
def test_a_corpus_file_gets_one_json_line_per_sentence_without_gold_tags(tmp_path, batch_size):
    path = tmp_path / "test.tsv"
    path.write_text(FILE)
    first, second = predict_file(
        predictor(max_tokens=2), path, tmp_path / "out.jsonl", batch_size=batch_size
    )
    assert (first["document"], first["sentence"]) == ("71", 0)
    assert first["tags"] == ["B", "O", "O", "I", "O"]
    assert [(m["start"], m["end"]) for m in first["mentions"]] == [(5, 7), (13, 15)]
    assert (second["document"], second["sentence"], second["words"]) == ("72", 1, ["b1"])


def test_without_offsets_mentions_have_token_spans_only(tmp_path):
    path = tmp_path / "test.tsv"
    path.write_text("x\nb1\ni2\n")
    (output,) = predict_file(predictor(), path, tmp_path / "out.jsonl", batch_size=8)
    (mention,) = output["mentions"]
    assert mention["tokens"] == [[1, 3]]
    assert mention["text"] == "b1 i2"
    assert mention["locations"] == [{"start": None, "end": None, "text": "b1 i2"}]
    assert (mention["start"], mention["end"], output["document"]) == (None, None, None)


OFFICIAL = [
    {
        "id": "71.T0",
        "docid": "71",
        "locations": [{"start": 5, "end": 7, "text": "b0"}],
        "type": "Chemical",
    },
    {
        "id": "71.T1",
        "docid": "71",
        "locations": [
            {"start": 11, "end": 13, "text": "b2"},
            {"start": 16, "end": 18, "text": "i4"},
        ],
        "type": "Chemical",
    },
    {
        "id": "71.T2",
        "docid": "71",
        "locations": [{"start": 30, "end": 32, "text": "b6"}],
        "type": "Chemical",
    },
]


@pytest.mark.parametrize("batch_size", [1, 64])
def test_predictions_on_a_corpus_file_have_the_official_format(tmp_path, batch_size):
    path = tmp_path / "test.tsv"
    tokens = "b0\t71\t5\tO\nb2\t-\t11\tO\nx\t-\t14\tB\ni4\t-\t16\tO\n"
    path.write_text(f"{tokens}\nx\t71\t20\tO\n\nb6\t71\t30\tO\n")
    official = predictor(discontinuous=True, output_format="official")
    assert predict_file(official, path, tmp_path / "out.jsonl", batch_size) == OFFICIAL


def test_without_offsets_the_official_file_has_token_numbers(tmp_path):
    path = tmp_path / "test.tsv"
    path.write_text("o\n\nx\nb1\ni2\n\nb3\n")
    outputs = predict_file(
        predictor(output_format="official"), path, tmp_path / "out.jsonl", batch_size=8
    )
    assert [(each["docid"], each["locations"]) for each in outputs] == [
        ("s1", [{"start": 1, "end": 3, "text": "b1 i2"}]),
        ("s2", [{"start": 0, "end": 1, "text": "b3"}]),
    ]


class Oracle(WordTagger):
    """Predicts the gold tags of a corpus file."""

    def __init__(self, path: Path) -> None:
        super().__init__(with_probabilities=False)
        self.sentences = list(read_token_file(path, ReadingReport(path)))

    def tag(self, word: str, place: dict[str, Any], position: int) -> str:
        gold = self.sentences[place["sentence"]].tags
        assert gold is not None
        return gold[place["first_token"] + position]


@pytest.mark.parametrize(
    ("corpus", "entity_type", "found", "gold"),
    [("BC5CDR-chem", "Chemical", 5380, 5385), ("BC5CDR-disease", "Disease", 4424, 4424)],
)
def test_gold_tags_give_the_official_gold_mentions_as_far_as_tokens_allow(
    shared_dir, tmp_path, corpus, entity_type, found, gold
):
    folder = shared_dir / "blue" / corpus
    reader: DatasetReader = NerReader(entity_type, max_tokens=128)
    perfect = NerPredictor(Oracle(folder / "test.tsv"), reader)
    outputs = predict_file(perfect, folder / "test.tsv", tmp_path / "out.jsonl", batch_size=512)
    predicted = {(each["docid"], each["type"], str(each["locations"])) for each in outputs}
    lines = (folder / "test_gs.jsonl").read_text(encoding="utf-8").splitlines()
    official = {(g["docid"], g["type"], str(g["locations"])) for g in map(json.loads, lines)}
    assert (len(outputs), len(lines), len(predicted & official)) == (gold, gold, found)
    assert len({each["id"] for each in outputs}) == gold
