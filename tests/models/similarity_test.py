"""The similarity model."""

from typing import ClassVar

import pytest
import torch

from bluelmo_plugins.errors import InputError
from tests.models.blue_model_test_case import BOE, HEAD, BlueModelTestCase

SIGMOID = {**HEAD, "activation": "sigmoid"}
GOLD = torch.tensor([3.3, 0.0, 1.0, 4.0, 2.0], dtype=torch.float64)


class TestSimilarityModel(BlueModelTestCase):
    labels: ClassVar = []
    reader: ClassVar = {"type": "blue_similarity", "max_score": 4.0}
    model_params: ClassVar = {
        "type": "blue_similarity",
        "seq2vec_encoder": BOE,
        "head": SIGMOID,
        "metric": "blue_pearson",
        "max_score": 4.0,
    }
    # The distance of two vectors does not change when both are moved.
    gradients_to_ignore: ClassVar = {"_classifier._head._norm.bias"}
    rows = """index\tsentence1\tsentence2\tscore
c1\tThe gene was silenced .\tWe silenced the gene .\t3.3
c2\tMice slept more .\tThe enzyme binds iron .\t0.0
c3\tCells grew .\tCells died within two days of the second treatment .\t1.0
c4\tWater\tWater\t4.0
c5\tLoss of the receptor .\tThe receptor was lost in half of them .\t2.0
"""

    @pytest.mark.parametrize("combiner", ["concat", "cosine", "distance", "full"])
    def test_it_trains_saves_and_loads_with_each_combiner(self, combiner: str) -> None:
        self.check_train_save_load(pair_combiner=combiner)

    def test_a_pair_is_scored_the_same_in_any_batch(self) -> None:
        self.set_up()
        self.ensure_batch_predictions_are_consistent()

    def test_the_loss_is_the_squared_error_on_the_scale_from_0_to_1(self) -> None:
        output = self.run_model(self.set_up())
        error = output["logits"].squeeze(-1) - GOLD.float() / 4.0
        torch.testing.assert_close(output["loss"], error.square().mean())
        torch.testing.assert_close(output["score"], 4.0 * output["logits"].squeeze(-1))

    def test_the_originals_scale_of_5_can_be_had(self) -> None:
        output = self.run_model(self.set_up(score_scale=5.0))
        error = output["logits"].squeeze(-1) - GOLD.float() / 5.0
        torch.testing.assert_close(output["loss"], error.square().mean())
        torch.testing.assert_close(output["score"], 5.0 * output["logits"].squeeze(-1))

    def test_the_metric_sees_scores_on_the_corpus_scale(self) -> None:
        model = self.set_up()
        seen: list[torch.Tensor] = []
        model._metric = lambda *columns: seen.extend(columns)
        output = self.run_model(model)
        torch.testing.assert_close(seen[0], output["score"].detach())
        torch.testing.assert_close(seen[1], GOLD)

    def test_the_activation_is_an_option(self) -> None:
        unbounded = self.run_model(self.set_up(head={**HEAD, "activation": "none"}))
        bounded = self.run_model(self.set_up())
        torch.testing.assert_close(bounded["logits"], unbounded["logits"].sigmoid())

    def test_an_unknown_combiner_lists_the_known_ones(self) -> None:
        with pytest.raises(InputError, match=r"'dist'.*'distance'"):
            self.set_up(pair_combiner="dist")

    def test_without_gold_there_is_no_loss(self) -> None:
        model = self.set_up()
        for instance in self.instances:
            del instance.fields["score"]
        assert "loss" not in self.run_model(model)
