"""What the scorers of all families are."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from bluelmo_plugins.tasks import Task


@dataclass(frozen=True)
class Scored:
    """
    A prediction, scored.

    # Parameters

    metrics : `dict[str, float]`
        What the task's metric gives; scores are fractions, "blue" is the official one.
    lines : `list[str]`
        The prediction as an official file, in the rows and the order of the gold, with line ends.
    notes : `list[str]`, optional (default = `[]`)
        What a user should know about the figures.
    """

    metrics: dict[str, float]
    lines: list[str]
    notes: list[str] = field(default_factory=list)


class Scorer(ABC):
    """
    Scores files of one family of tasks.

    # Parameters

    task : `Task`
        The task.
    """

    def __init__(self, task: Task) -> None:
        self._task = task

    @abstractmethod
    def score(self, gold: Path, prediction: Path, documents: Optional[Path] = None) -> Scored:
        """
        Scores a prediction.

        # Parameters

        gold : `Path`
            BLUE's official gold file, or a labelled corpus file.
        prediction : `Path`
            An official file, our JSON lines or a corpus file with predicted labels.
        documents : `Path`, optional (default = `None`)
            For mentions: the corpus file, for the documents in which the gold has none.

        # Returns

        `Scored`

        # Raises

        `InputError`
            For a file that cannot be read, and for rows of one file that are not in the other.
        """
