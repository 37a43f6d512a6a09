"""The inference model."""

from typing import ClassVar

import pytest
import torch
from allennlp.data import Instance

from tests.models.blue_model_test_case import BOE, HEAD, BlueModelTestCase
from tests.modules.encoder_checks import SEQ2VEC


class TestInferenceModel(BlueModelTestCase):
    labels: ClassVar = ["contradiction", "entailment", "neutral"]
    reader: ClassVar = {"type": "blue_inference", "labels": labels}
    model_params: ClassVar = {
        "type": "blue_inference",
        "seq2vec_encoder": BOE,
        "head": HEAD,
        "metric": {"type": "blue_accuracy", "labels": labels},
        "pair_combiner": "concat",
    }
    # The distance of two vectors does not change when both are moved.
    gradients_to_ignore: ClassVar = {"_classifier._head._norm.bias"}
    rows = """index\tsentence1\tsentence2\tlabel
b1\tThe ward was quiet at night .\tNobody shouted .\tentailment
b2\tShe walked home alone .\tShe stayed in bed .\tcontradiction
b3\tHis cough had gone .\tHe was sixty years old and lived by the sea .\tneutral
b4\tNo fever .\tFever\tcontradiction
b5\tHe ate well .\tHe ate .\tentailment
"""

    @pytest.mark.parametrize("combiner", ["concat", "cosine", "distance", "full"])
    def test_it_trains_saves_and_loads_with_each_combiner(self, combiner: str) -> None:
        self.check_train_save_load(pair_combiner=combiner)

    @pytest.mark.parametrize("name", ["last token", "lstm", "cnn"])
    def test_it_trains_saves_and_loads_with_other_encoders(self, name: str) -> None:
        self.check_train_save_load(seq2vec_encoder=SEQ2VEC[name])

    def test_a_pair_is_predicted_the_same_in_any_batch(self) -> None:
        self.set_up(seq2vec_encoder=SEQ2VEC["cnn"], pair_combiner="full")
        self.ensure_batch_predictions_are_consistent()

    def test_sigmoid_before_cross_entropy_keeps_the_probabilities_apart_from_certainty(
        self,
    ) -> None:
        model = self.set_up(head={**HEAD, "activation": "sigmoid"})
        output = self.run_model(model)
        assert output["probs"].max() < 0.577
        assert output["loss"] > 0.551
        assert abs(output["loss"] - self.run_model(self.set_up())["loss"]) > 1e-4

    def test_a_sentence_goes_through_the_embedder_once(self) -> None:
        model = self.set_up()
        seen: list[torch.Size] = []
        model._classifier._encoder._text_field_embedder.register_forward_hook(
            lambda module, inputs, output: seen.append(output.shape[:2])
        )
        self.run_model(model)
        assert seen == [(5, 7), (5, 11)]

    def test_concatenation_knows_the_order_and_cosine_does_not(self) -> None:
        swapped = {}
        for combiner in ("concat", "cosine"):
            model = self.set_up(pair_combiner=combiner)
            logits = self.run_model(model)["logits"]
            self.instances = [
                Instance({"sentence1": each["sentence2"], "sentence2": each["sentence1"]})
                for each in self.instances
            ]
            swapped[combiner] = torch.allclose(logits, self.run_model(model)["logits"])
        assert swapped == {"concat": False, "cosine": True}

    def test_either_side_is_normalised_by_itself_before_they_are_combined(self) -> None:
        model = self.set_up(head={**HEAD, "norm": "layer", "dropout": 0.0})
        combined: list[tuple[torch.Tensor, ...]] = []
        model._classifier._combiner.register_forward_hook(
            lambda module, inputs, output: combined.append(inputs)
        )
        self.run_model(model)
        for side in combined[0]:
            torch.testing.assert_close(side.mean(-1), torch.zeros(5), atol=1e-5, rtol=0)

    def test_output(self) -> None:
        model = self.set_up()
        output = model.make_output_human_readable(self.run_model(model))
        best = output["probs"].argmax(-1).tolist()
        assert output["label"] == [self.labels[each] for each in best]
        assert output["metadata"][3]["index"] == "b4"
        assert "accuracy" in model.get_metrics(reset=True)
