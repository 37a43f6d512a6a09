"""The multi-label model."""

from typing import ClassVar, Optional

import pytest
import torch
from allennlp.common import Params
from allennlp.data import DatasetReader

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


class TestMultilabelModelWithNeighbours(BlueModelTestCase):
    labels: ClassVar = TestMultilabelModel.labels
    reader: ClassVar = {**TestMultilabelModel.reader, "neighbours": True}
    model_params: ClassVar = {**TestMultilabelModel.model_params, "neighbours": True}
    rows = TestMultilabelModel.rows

    @pytest.mark.parametrize("name", ["boe", "gru", "cnn"])
    def test_it_trains_saves_and_loads(self, name: str) -> None:
        self.check_train_save_load(seq2vec_encoder=SEQ2VEC[name])

    def test_a_row_is_predicted_the_same_in_any_batch(self) -> None:
        """Among them a batch in which no sentence has a neighbour."""
        self.set_up()
        self.ensure_batch_predictions_are_consistent()

    def test_a_neighbour_counts_through_its_own_weights_and_none_is_a_vector_of_zeros(self) -> None:
        model = self.set_up(head={"hidden_dim": 0, "norm": "none", "dropout": 0.0}).eval()
        reader = DatasetReader.from_params(Params(self.config()["dataset_reader"]))

        def probabilities(after: Optional[str]) -> torch.Tensor:
            instance = reader.text_to_instance("They died .", after=after)
            reader.apply_token_indexers(instance)
            return torch.as_tensor(model.forward_on_instance(instance)["probs"])

        alone = probabilities(None)
        assert not torch.allclose(alone, probabilities("The tumour grew ."), atol=1e-4)
        (weight,) = [each for each in model._classifier._head.parameters() if each.dim() == 2]
        with torch.no_grad():
            weight[:, -weight.shape[1] // 3 :] = 0
        torch.testing.assert_close(alone, probabilities("The tumour grew ."))
