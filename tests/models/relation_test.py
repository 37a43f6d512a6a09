"""The relation model."""

from typing import Any, ClassVar

import pytest
import torch

from tests.models.blue_model_test_case import BOE, HEAD, BlueModelTestCase
from tests.modules.encoder_checks import SEQ2VEC


class TestRelationModel(BlueModelTestCase):
    labels: ClassVar = ["false", "effect", "advise"]
    reader: ClassVar = {"type": "blue_relation", "labels": labels}
    model_params: ClassVar = {
        "type": "blue_relation",
        "seq2vec_encoder": BOE,
        "head": HEAD,
        "metric": {"type": "blue_relation_f1", "labels": labels, "negative_label": "false"},
    }
    rows = """index\tsentence\tlabel
a1\t@DRUG$ doubled the level of @DRUG$ .\teffect
a2\tNeither @DRUG$ nor @DRUG$ was given .\tfalse
a3\tDo not take @DRUG$ with @DRUG$ .\tadvise
a4\t@DRUG$ , @DRUG$\tfalse
a5\t@DRUG$ made patients on @DRUG$ sleep for much longer than they had wished to .\teffect
"""

    @pytest.mark.parametrize("name", SEQ2VEC)
    def test_it_trains_saves_and_loads_with_each_encoder(self, name: str) -> None:
        self.check_train_save_load(seq2vec_encoder=SEQ2VEC[name])

    @pytest.mark.parametrize("norm", ["layer", "none"])
    def test_it_trains_saves_and_loads_with_each_norm(self, norm: str) -> None:
        self.check_train_save_load(head={**HEAD, "norm": norm})

    def test_a_row_is_predicted_the_same_in_any_batch(self) -> None:
        self.set_up(seq2vec_encoder=SEQ2VEC["cnn"])
        self.ensure_batch_predictions_are_consistent()

    def test_the_loss_is_the_mean_of_the_weighted_cross_entropies(self) -> None:
        model = self.set_up()
        output = self.run_model(model)
        gold = torch.tensor([1, 0, 2, 0, 1])
        surprisal = -output["logits"].log_softmax(-1)[torch.arange(5), gold]
        torch.testing.assert_close(output["loss"], surprisal.mean())
        model.class_weights.copy_(torch.tensor([0.1, 0.5, 0.4]))
        weighted = (surprisal * model.class_weights[gold]).mean()
        torch.testing.assert_close(self.run_model(model)["loss"], weighted)

    def test_class_weights_are_saved_with_the_model(self) -> None:
        model = self.set_up()
        assert model.state_dict()["class_weights"].tolist() == [1.0, 1.0, 1.0]

    def test_output(self) -> None:
        model = self.set_up()
        output = model.make_output_human_readable(self.run_model(model))
        best = output["logits"].argmax(-1).tolist()
        assert output["label"] == [self.labels[each] for each in best]
        torch.testing.assert_close(output["probs"], output["logits"].softmax(-1))
        assert [each["index"] for each in output["metadata"]] == ["a1", "a2", "a3", "a4", "a5"]
        assert set(model.get_metrics(reset=True)) >= {"blue", "f1_micro", "f1/effect"}

    def test_without_gold_there_is_neither_loss_nor_score(self) -> None:
        model = self.set_up()
        for instance in self.instances:
            del instance.fields["label"]
        calls: list[Any] = []
        model._metric = calls.append
        assert "loss" not in self.run_model(model)
        assert calls == []

    def test_the_width_of_the_encoder_reaches_the_head(self) -> None:
        model = self.set_up(seq2vec_encoder={"type": "lstm", "hidden_size": 5})
        assert model._classifier._head._norm.num_features == 5
