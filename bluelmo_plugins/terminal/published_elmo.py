"""What the published ELMo scored, beside a score of ours."""

from typing import Optional

from bluelmo_plugins.report.runs.evaluation import Samples
from bluelmo_plugins.tasks import About


def beside_published_elmo(about: About, samples: Samples) -> Optional[str]:
    """
    # Parameters

    about : `About`
        What is known about the task.
    samples : `Samples`
        What of that score is a sample.

    # Returns

    `Optional[str]`
        A sentence with the published score, or that there is nothing to compare; `None` for a
        task without published scores.
    """
    score = (about.published or {}).get("ELMo")
    if score is None:
        return None
    published = f"{score:.1f} ({about.measure}, test split of {about.name})"
    labels = ", ".join(samples.labels)
    if samples.corpus or samples.elmo:
        what = labels[0].upper() + labels[1:]
        return f"{what}: not comparable with the published ELMo's {published}."
    return f"The published ELMo has {published}." + (f" Here: {labels}." if labels else "")
