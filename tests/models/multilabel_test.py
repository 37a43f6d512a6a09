"""The multi-label model."""

from typing import ClassVar

import pytest
import torch

from tests.models.blue_model_test_case import BOE, HEAD, BlueModelTestCase
from tests.modules.encoder_checks import SEQ2VEC

GOLD = torch.tensor([[1, 0], [0, 0], [1, 1], [0, 0], [0, 1]])


class TestMultilabelModel(BlueModelTestCase):
    labels: ClassVar = ["growth", "death"]
    reader: ClassVar = {"type": "blue_multilabel", "labels": labels}
    model_params: ClassVar = {
        "type": "blue_multilabel",
        "seq2vec_encoder": BOE,
        "head": HEAD,
        "metric": {"type": "blue_document_f1", "labels": labels},
        "labels": labels,
    }
    rows = """labels\tsentence\tindex
0_1,1_0\tThe tumour grew .\t77_s0
0_0,1_0\tWe counted .\t77_s1
0_1,1_1\tSome cells grew before they died in the dish without any help from us .\t78_s0
0_0,1_0\tConclusion\t78_s1
0_0,1_1\tThey died .\t78_s2
"""

    @pytest.mark.parametrize("name", ["boe", "gru", "cnn"])
    def test_it_trains_saves_and_loads(self, name: str) -> None:
        self.check_train_save_load(seq2vec_encoder=SEQ2VEC[name])

    def test_a_row_is_predicted_the_same_in_any_batch(self) -> None:
        self.set_up()
        self.ensure_batch_predictions_are_consistent()

    def test_the_loss_is_the_mean_of_the_weighted_binary_cross_entropies(self) -> None:
        model = self.set_up()
        output = self.run_model(model)
        logits, gold = output["logits"], GOLD.float()
        entropies = torch.nn.functional.binary_cross_entropy_with_logits(
            logits, gold, reduction="none"
        )
        torch.testing.assert_close(output["loss"], entropies.mean())
        model.class_weights.copy_(torch.tensor([0.9, 0.1]))
        weighted = (entropies * model.class_weights).mean()
        torch.testing.assert_close(self.run_model(model)["loss"], weighted)
        torch.testing.assert_close(self.run_model(model, training=True)["loss"].shape, ())

    def test_the_threshold_decides_what_is_predicted_and_scored(self) -> None:
        predicted, scored = {}, {}
        for threshold in (0.0, 0.5, 1.0):
            model = self.set_up(threshold=threshold)
            output = model.make_output_human_readable(self.run_model(model))
            predicted[threshold] = output["labels"]
            scored[threshold] = model.get_metrics(reset=True)["blue"]
            assert output["labels"] == [
                [name for name, p in zip(self.labels, row, strict=True) if p > threshold]
                for row in output["probs"].tolist()
            ]
        assert predicted[0.0] == [self.labels] * 5
        assert predicted[1.0] == [[]] * 5
        assert scored[1.0] == 0.0 < scored[0.0]

    def test_the_metric_gets_the_documents_of_the_sentences(self) -> None:
        model = self.set_up()
        seen: list[object] = []
        model._metric = lambda *columns: seen.extend(columns)
        self.run_model(model)
        assert seen[1].tolist() == GOLD.bool().tolist()
        assert seen[2] == ["77", "77", "78", "78", "78"]

    def test_without_gold_there_is_no_loss(self) -> None:
        model = self.set_up()
        for instance in self.instances:
            del instance.fields["labels"]
        assert "loss" not in self.run_model(model)
