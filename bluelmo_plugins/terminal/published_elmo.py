"""What the published ELMo scored, beside a score of ours."""

from typing import Optional

from bluelmo_plugins.report.published import BLUE_TASKS
from bluelmo_plugins.report.runs.evaluation import Samples


def beside_published_elmo(corpus: str, samples: Samples) -> Optional[str]:
    """
    # Parameters

    corpus : `str`
        What our configs call the corpus that a score is about.
    samples : `Samples`
        What of that score is a sample.

    # Returns

    `Optional[str]`
        A sentence with the published score, or that there is nothing to compare; `None` for a
        corpus that BLUE does not have.
    """
    task = next((each for each in BLUE_TASKS if each.corpus == corpus), None)
    if task is None:
        return None
    published = f"{task.published[0]:.1f} ({task.measure}, test split of {task.name})"
    labels = ", ".join(samples.labels)
    if samples.corpus or samples.elmo:
        what = labels[0].upper() + labels[1:]
        return f"{what}: not comparable with the published ELMo's {published}."
    return f"The published ELMo has {published}." + (f" Here: {labels}." if labels else "")
