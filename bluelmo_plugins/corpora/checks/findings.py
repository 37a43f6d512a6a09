"""What there is of a task: the split files that can be read, and what is wrong with the others."""

from dataclasses import dataclass

from bluelmo_plugins.corpora.checks.survey import Survey, survey_file
from bluelmo_plugins.corpora.samples.folder import is_sample
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.split_files import MissingFileError
from bluelmo_plugins.tasks import Task

_NEEDED = ("train", "dev")
"""What training needs; a model is evaluated on any file."""


@dataclass(frozen=True)
class Findings:
    """The splits of a task that were read, and the errors of the others."""

    task: Task
    """The task."""
    surveys: dict[str, Survey]
    """The splits that were read."""
    errors: dict[str, InputError]
    """What is wrong with the other ones."""

    @property
    def missing(self) -> list[str]:
        """The splits that are not there."""
        return [
            split for split, error in self.errors.items() if isinstance(error, MissingFileError)
        ]

    @property
    def broken(self) -> list[str]:
        """The splits that are there and cannot be read."""
        return [split for split in self.errors if split not in self.missing]

    @property
    def is_complete(self) -> bool:
        """Whether a model can be trained."""
        return not any(split in self.errors for split in _NEEDED)

    @property
    def is_sample(self) -> bool:
        """Whether the files are those of `allennlp blue sample`."""
        return any(is_sample(survey.file.parent) for survey in self.surveys.values())


def inspect_task(task: Task) -> Findings:
    """Reads the files of a task."""
    findings = Findings(task, {}, {})
    for split, file in task.files().items():
        try:
            findings.surveys[split] = survey_file(task.split_reader(split), file)
        except InputError as error:
            findings.errors[split] = error
    return findings
