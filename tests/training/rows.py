"""Instances for tests of labels and lengths."""

from typing import Optional, Union

from allennlp.data import Field, Instance, Token
from allennlp.data.fields import LabelField, MetadataField, MultiLabelField, TextField

Label = Union[str, list[int], None]


def instance(line: int, label: Label, length: Optional[int] = None) -> Instance:
    """Makes an instance; its default length depends on its line."""
    tokens = [Token("word")] * (1 + line % 5 if length is None else length)
    fields: dict[str, Field] = {
        "tokens": TextField(tokens),
        "metadata": MetadataField({"line": line}),
    }
    if isinstance(label, list):
        fields["label"] = MultiLabelField(label, skip_indexing=True, num_labels=3)
    elif label is not None:
        fields["label"] = LabelField(label)
    return Instance(fields)


def lines(instances: list[Instance], batches: list[list[int]]) -> list[list[int]]:
    """Returns the lines of the instances in each batch."""
    return [[instances[row]["metadata"].metadata["line"] for row in batch] for batch in batches]
