"""What the two families of sentence pairs share."""

from collections.abc import Iterator, Sequence
from typing import Any, Optional

from allennlp.data import Instance, Token
from allennlp.data.fields import Field, MetadataField, TextField

from bluelmo_plugins.dataset_readers.blue_reader import plain_text
from bluelmo_plugins.dataset_readers.columns import INDEX, SENTENCE1, SENTENCE2, Record, Sentence
from bluelmo_plugins.dataset_readers.reading_report import ReadingReport
from bluelmo_plugins.dataset_readers.table_reader import TableReader


class PairReader(TableReader):
    """
    Base of the readers of sentence pairs. Each sentence is cut to `max_tokens`, as in the original.
    """

    columns = (INDEX, SENTENCE1, SENTENCE2)

    def _instances(self, unit: Record, report: ReadingReport) -> Iterator[Instance]:
        sentences = [unit.text("sentence1"), unit.text("sentence2")]
        gold = self._gold_field(unit, report) if self.gold.name in unit.values else None
        tokens = [self._tokens(sentence, report) for sentence in sentences]
        report.counts["pairs"] += 1
        yield self._pair(tokens, sentences, gold, unit.index, unit.line)

    def _gold_field(self, record: Record, report: ReadingReport) -> Field[Any]:
        """
        The field of the label or score of a row.

        # Parameters

        record : `Record`
            The row.
        report : `ReadingReport`
            The tally of this pass.
        """
        raise NotImplementedError

    def _pair(
        self,
        tokens: list[list[Token]],
        sentences: Sequence[Sentence],
        gold: Optional[Field[Any]],
        index: Optional[str],
        line: Optional[int],
    ) -> Instance:
        sentence1, sentence2 = map(plain_text, sentences)
        fields: dict[str, Field[Any]] = {
            "sentence1": TextField(tokens[0]),
            "sentence2": TextField(tokens[1]),
            "metadata": MetadataField(
                {"index": index, "line": line, "sentence1": sentence1, "sentence2": sentence2}
            ),
        }
        if gold is not None:
            fields[self.gold.name] = gold
        return Instance(fields)
