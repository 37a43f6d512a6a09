"""The vocabularies: of a task, its declared labels; of a biLM, the words that it predicts."""

from typing import Optional

from allennlp.data.vocabulary import Vocabulary

LABELS_NAMESPACE = "labels"
WORDS_NAMESPACE = "words"

BOUNDARIES = ("<S>", "</S>")
"""The words that a biLM predicts before and after a sentence; bilm-tf's names."""


@Vocabulary.register("declared_labels", constructor="from_labels")
class LabelVocabulary(Vocabulary):
    """
    A vocabulary whose label ids are positions in a declared list.

    ELMo reads characters, so labels are the only vocabulary. Declared labels have the same ids
    whatever the training file holds: AllenNLP orders labels by frequency, and does not know a label
    that is missing in training. They also save a pass over the corpus.

    Registered as a `Vocabulary` with name "declared_labels", constructor `from_labels`.
    """

    @classmethod
    def from_labels(
        cls,
        labels: list[str],
        namespace: str = LABELS_NAMESPACE,
        padding_token: Optional[str] = None,
    ) -> "LabelVocabulary":
        """
        Builds the vocabulary from the list of labels.

        # Parameters

        labels : `list[str]`
            The labels; the id of a label is its position.
        namespace : `str`, optional (default = `"labels"`)
            The namespace of the labels.
        padding_token : `str`, optional (default = `None`)
            As in `Vocabulary`.
        """
        vocabulary = cls(padding_token=padding_token)
        vocabulary.add_tokens_to_namespace(labels, namespace=namespace)
        return vocabulary
