"""One pass of the frozen biLM over all sentences that it has not read yet, before they are used."""

from collections.abc import Iterable, Iterator
from itertools import tee

from allennlp.data import Instance
from allennlp.data.fields import TextField
from allennlp.models import Model
from torch import Tensor

from bluelmo_plugins.modules.elmo.frozen_bilm import FrozenBiLm


def fill_feature_caches(model: Model, instances: Iterable[Instance]) -> None:
    """
    Computes the layers of all sentences that are missing in the feature cache of the model.

    Without a frozen biLM it does nothing. The instances are indexed.
    """
    frozen = [each for each in model.modules() if isinstance(each, FrozenBiLm) and each.cache]
    for module, copy in zip(frozen, tee(instances, len(frozen)), strict=True):
        module.fill(_sentences(copy))


def _sentences(instances: Iterable[Instance]) -> Iterator[Tensor]:
    """The character ids of each sentence, `(num_tokens, max_characters)`."""
    for instance in instances:
        for field in instance.fields.values():
            if isinstance(field, TextField):
                for tensors in field.as_tensor(field.get_padding_lengths()).values():
                    yield tensors["elmo_tokens"]
