"""The vocabulary of a task: the labels that its config declares, in that order."""

from typing import Optional

from allennlp.data.vocabulary import Vocabulary

LABELS_NAMESPACE = "labels"


@Vocabulary.register("declared_labels", constructor="from_labels")
class LabelVocabulary(Vocabulary):
    """
    A vocabulary whose label ids are positions in a declared list.

    ELMo reads characters, so labels are all that a vocabulary holds here. Declaring them keeps the
    ids independent of the training file (AllenNLP's own order is by frequency, and a label that
    happens to be missing there would be unknown on the dev set), and saves the pass over the corpus
    that counting costs.

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
            The labels; a label's id is its position.
        namespace : `str`, optional (default = `"labels"`)
            Where they are looked up.
        padding_token : `str`, optional (default = `None`)
            As in `Vocabulary`.
        """
        vocabulary = cls(padding_token=padding_token)
        vocabulary.add_tokens_to_namespace(labels, namespace=namespace)
        return vocabulary
