"""The NER model."""

from typing import Any, ClassVar

import pytest
import torch
from allennlp.modules.conditional_random_field import ConditionalRandomField
from hypothesis import given
from hypothesis import strategies as st

from bluelmo_plugins.models.ner import viterbi_tags
from tests.models.blue_model_test_case import HEAD, BlueModelTestCase
from tests.modules.encoder_checks import SEQ2SEQ

POSITIONS = {**HEAD, "norm": "batch_positions", "max_positions": 8, "last_dropout": 0.5}
# Of B, I and O, as in the rows below.
GOLD = [[0, 1, 2, 2, 0, 2], [2, 2], [0], [2, 0, 1, 1, 2, 2, 2], [2, 0, 2]]


def token_file(sentences: list[tuple[str, str]]) -> str:
    return "\n".join(
        "".join(f"{word}\t{tag}\n" for word, tag in zip(words.split(), tags.split(), strict=True))
        for words, tags in sentences
    )


class TestNerModel(BlueModelTestCase):
    labels: ClassVar = ["B", "I", "O"]
    reader: ClassVar = {"type": "blue_ner", "entity_type": "Chemical"}
    model_params: ClassVar = {
        "type": "blue_ner",
        "head": HEAD,
        "metric": {"type": "blue_mention_f1", "entity_type": "Chemical"},
    }
    rows = token_file(
        [
            ("Sodium chloride tasted like tin .", "B I O O B O"),
            ("It melts", "O O"),
            ("Iodine", "B"),
            ("The acetic acid ester was sour .", "O B I I O O O"),
            ("Without zinc .", "O B O"),
        ]
    )

    @pytest.mark.parametrize("name", [None, *SEQ2SEQ])
    def test_it_trains_saves_and_loads_with_each_encoder(self, name: str | None) -> None:
        self.check_train_save_load(seq2seq_encoder=None if name is None else SEQ2SEQ[name])

    @pytest.mark.parametrize("head", [HEAD, POSITIONS], ids=["features", "positions"])
    @pytest.mark.parametrize("crf", [False, True])
    def test_it_trains_saves_and_loads_with_each_norm_and_crf(
        self, head: dict[str, Any], crf: bool
    ) -> None:
        self.check_train_save_load(head=head, crf=crf)

    @pytest.mark.parametrize("crf", [False, True])
    @pytest.mark.parametrize("name", ["gated cnn", "qanet"])
    def test_a_sentence_is_tagged_the_same_in_any_batch(self, name: str, crf: bool) -> None:
        self.set_up(seq2seq_encoder=SEQ2SEQ[name], crf=crf)
        self.ensure_batch_predictions_are_consistent()

    def test_tags_have_probabilities_unless_a_crf_chooses_them_together(self) -> None:
        output = self.run_model(self.set_up())
        assert torch.allclose(output["probs"], output["logits"].softmax(-1))
        assert "probs" not in self.run_model(self.set_up(crf=True))

    def test_the_loss_is_the_mean_over_real_tokens_of_the_weighted_cross_entropies(self) -> None:
        model = self.set_up()
        output = self.run_model(model)
        assert output["mask"].sum(-1).tolist() == [len(each) for each in GOLD]
        gold = torch.tensor([tag for tags in GOLD for tag in tags])
        surprisal = -output["logits"][output["mask"]].log_softmax(-1)[torch.arange(19), gold]
        torch.testing.assert_close(output["loss"], surprisal.mean())
        model.class_weights.copy_(torch.tensor([0.6, 0.3, 0.1]))
        weighted = (surprisal * model.class_weights[gold]).mean()
        torch.testing.assert_close(self.run_model(model)["loss"], weighted)

    def test_sigmoid_before_cross_entropy_keeps_the_loss_up(self) -> None:
        output = self.run_model(self.set_up(head={**HEAD, "activation": "sigmoid"}))
        assert output["loss"] > 0.551
        assert output["logits"][output["mask"]].min() > 0

    def test_the_crf_is_trained_on_the_tags(self) -> None:
        model = self.set_up(crf=True)
        output = self.run_model(model)
        likelihood = sum(
            model._crf(row[:length].unsqueeze(0), torch.tensor([gold]))
            for row, length, gold in zip(
                output["logits"], output["mask"].sum(-1).tolist(), GOLD, strict=True
            )
        )
        torch.testing.assert_close(output["loss"], -likelihood / 19)

    def test_the_crf_decodes_whole_sentences(self) -> None:
        model = self.set_up(crf=True)
        with torch.no_grad():
            model._crf.transitions.fill_(-100.0)
            model._crf.transitions[2, 1] = 100.0
            model._crf.transitions[1, 2] = 100.0
            model._crf.start_transitions.copy_(torch.tensor([-100.0, -100.0, 100.0]))
        assert self.run_model(model)["tags"][0] == [2, 1, 2, 1, 2, 1]

    def test_a_crf_has_no_class_weights(self) -> None:
        assert not hasattr(self.set_up(crf=True), "class_weights")

    @pytest.mark.parametrize("crf", [False, True])
    def test_the_crf_and_the_encoder_learn_the_tags_by_heart(self, crf: bool) -> None:
        model = self.set_up(
            crf=crf,
            seq2seq_encoder={"type": "lstm", "hidden_size": 16, "bidirectional": True},
            head={**HEAD, "dropout": 0.0, "hidden_dim": 16, "norm": "layer"},
        )
        learning = [each for each in model.parameters() if each.requires_grad]
        optimizer = torch.optim.Adam(learning, lr=0.02)
        for _ in range(60):
            optimizer.zero_grad()
            self.run_model(model, training=True)["loss"].backward()
            optimizer.step()
        model.get_metrics(reset=True)
        assert self.run_model(model)["tags"] == GOLD
        assert model.get_metrics(reset=True)["f1_mention"] == 1.0

    def test_output(self) -> None:
        model = self.set_up()
        output = self.run_model(model)
        ids = output["tags"]
        assert ids == [
            row[: len(gold)].argmax(-1).tolist()
            for row, gold in zip(output["logits"], GOLD, strict=True)
        ]
        names = model.make_output_human_readable(output)["tags"]
        assert names == [[self.labels[tag] for tag in row] for row in ids]
        assert [each["sentence"] for each in output["metadata"]] == [0, 1, 2, 3, 4]

    def test_without_gold_there_is_neither_loss_nor_score(self) -> None:
        model = self.set_up()
        for instance in self.instances:
            del instance.fields["tags"]
        output = self.run_model(model)
        assert "loss" not in output
        assert [len(each) for each in output["tags"]] == [len(each) for each in GOLD]


@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    num_tags=st.integers(2, 5),
    transition_scale=st.sampled_from([0.0, 1.0, 30.0]),
    seed=st.integers(0, 10**6),
)
def test_the_viterbi_algorithm_finds_the_tags_that_allennlp_finds_sentence_by_sentence(
    lengths: list[int], num_tags: int, transition_scale: float, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    crf = ConditionalRandomField(num_tags)
    with torch.no_grad():
        for weights in (crf.transitions, crf.start_transitions, crf.end_transitions):
            weights.copy_(torch.randn(weights.shape, generator=generator) * transition_scale)
    logits = torch.randn(len(lengths), max(lengths), num_tags, generator=generator)
    mask: torch.BoolTensor = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]  # type: ignore[assignment]
    found = viterbi_tags(crf, logits, mask)
    assert [row[:length].tolist() for row, length in zip(found, lengths, strict=True)] == [
        tags for tags, _ in crf.viterbi_tags(logits, mask)
    ]
