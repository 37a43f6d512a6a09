"""The predictor for relation extraction."""

import json
from collections.abc import Callable
from pathlib import Path

from allennlp.commands.predict import _PredictManager
from allennlp.predictors import Predictor

Make = Callable[..., Predictor]


def test_the_prediction_has_the_label_and_all_probabilities(predictor: Make) -> None:
    # 4 tokens, 22 characters: label 22 % 3
    output = predictor("blue_relation").predict_json({"sentence": "@DRUG$ raises @DRUG$ ."})
    assert output == {
        "index": None,
        "label": "raises",
        "probabilities": {"none": 0.1, "raises": 0.8, "lowers": 0.1},
    }


def test_tokens_are_not_tokenized_again(predictor: Make) -> None:
    relation = predictor("blue_relation")
    instance = relation._json_to_instance({"tokens": ["@DRUG$", "a.b c"], "index": 7})
    assert [token.text for token in instance["tokens"]] == ["@DRUG$", "a.b c"]
    assert instance["metadata"]["index"] == "7"


def test_document_and_entities_are_derived_from_the_ids(predictor: Make, tmp_path: Path) -> None:
    ids = ["D.d7.s0.p2", "D.d7.s0.p0", "D.d7.s0.p1", "91.T4.T12", "n3.n3.con.l2.n3.con.l0", "x9"]
    source = tmp_path / "test.tsv"
    rows = "".join(f"{each}\t@DRUG$ raises @DRUG$ .\n" for each in ids)
    source.write_text(f"index\tsentence\n{rows}")
    out = tmp_path / "out.tsv"
    _PredictManager(predictor("blue_relation"), str(source), str(out), 2, False, True).run()
    assert [line.split("\t")[1:4] for line in out.read_text().splitlines()[1:]] == [
        ["D.d7", "D.d7.s0.e1", "D.d7.s0.e2"],
        ["D.d7", "D.d7.s0.e0", "D.d7.s0.e1"],
        ["D.d7", "D.d7.s0.e0", "D.d7.s0.e2"],
        ["91", "T4", "T12"],
        ["n3", "n3.con.l2", "n3.con.l0"],
        ["x9", "-", "-"],
    ]
    as_json = predictor("blue_relation", output_format="json")
    _PredictManager(as_json, str(source), str(out), 2, False, True).run()
    first, *_, last = map(json.loads, out.read_text().splitlines())
    assert (first["docid"], first["arg1"], first["arg2"]) == ("D.d7", "D.d7.s0.e1", "D.d7.s0.e2")
    assert set(last) == {"index", "label", "probabilities"}
