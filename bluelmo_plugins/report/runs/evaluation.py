"""What is kept beside a model about its evaluation on the test split."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Optional

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.files.whole_files import written_whole
from bluelmo_plugins.report.runs.run import Run
from bluelmo_plugins.report.runs.samples import Samples

EVALUATION_NAME = "evaluation.json"
PREDICTIONS_NAME = "predictions.jsonl"


@dataclass(frozen=True)
class Evaluation:
    """
    # Parameters

    test_file : `str`
        What the model was evaluated on.
    archive_sha256 : `str`
        Which model that was.
    samples : `Samples`
        What of it was a sample at that time.
    sizes : `dict[str, int]`
        The size of the test split, by the names of `PUBLISHED_COUNTS`.
    metrics : `dict[str, float]`
        What `allennlp evaluate` gave; scores are fractions, "blue" is the official one.
    """

    test_file: str
    archive_sha256: str
    samples: Samples
    sizes: dict[str, int]
    metrics: dict[str, float]

    @property
    def score(self) -> float:
        """The official score."""
        return self.metrics["blue"]


def read_evaluation(run: Run) -> Optional[Evaluation]:
    """
    The evaluation of a run's model.

    # Parameters

    run : `Run`
        The run.

    # Returns

    `Optional[Evaluation]`
        `None` if there is none, or it is that of a model that the run has no longer. Where there is
        no archive to hold it against, it is taken as it is.
    """
    path = run.directory / EVALUATION_NAME
    if not path.is_file():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        samples = Samples(**told.pop("samples"))
        evaluation = Evaluation(samples=samples, **told)
        float(evaluation.score)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"is no evaluation ({type(error).__name__}: {error})",
            file=path,
            expected="what `allennlp blue seeds` and `allennlp blue report --evaluate` write",
            todo="Move it away",
        ) from error
    is_of_model = not run.archive.is_file() or run.archive_sha256 == evaluation.archive_sha256
    return evaluation if is_of_model else None


def write_evaluation(run: Run, evaluation: Evaluation) -> None:
    """
    Keeps an evaluation, in one step.

    # Parameters

    run : `Run`
        The run.
    evaluation : `Evaluation`
        That of its model.
    """
    told: dict[str, Any] = asdict(evaluation)
    told["samples"] = evaluation.samples._asdict()
    with written_whole(run.directory / EVALUATION_NAME) as part:
        part.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
