"""What it comes down to: which tasks can be trained, and what keeps the others from it."""

import shlex
from collections.abc import Iterator, Mapping, Sequence

from bluelmo_plugins.corpora.checks.elmo import ElmoFindings
from bluelmo_plugins.corpora.checks.findings import Findings
from bluelmo_plugins.modules.bilm import ElmoFiles

READY = "Ready to train"
_STATES = (READY, "Ready but for ELMo", "Incomplete", "Broken", "Not there")


class Summary:
    """
    Which of the tasks can be trained, given the ELMos that they name.

    # Parameters

    elmos : `Mapping[ElmoFiles, ElmoFindings]`
        The ELMo that the tasks name.
    tasks : `Sequence[Findings]`
        The tasks.
    """

    def __init__(self, elmos: Mapping[ElmoFiles, ElmoFindings], tasks: Sequence[Findings]) -> None:
        self._elmos = elmos
        self._states = [(self._state(findings), findings.task) for findings in tasks]

    @property
    def is_ready(self) -> bool:
        """Whether all of the tasks can be trained."""
        return all(state == READY for state, _ in self._states)

    def lines(self) -> Iterator[str]:
        """The tasks by what can be done with them, and what to do next."""
        for wanted in _STATES:
            names = [task.name for state, task in self._states if state == wanted]
            if names:
                yield f"{wanted}: {', '.join(names)}"
        ready = [task for state, task in self._states if state == READY]
        if ready:
            config, run = shlex.quote(str(ready[0].path)), shlex.quote(f"runs/{ready[0].name}")
            yield f"Next: allennlp train {config} -s {run}"

    def _state(self, findings: Findings) -> str:
        if findings.broken:
            return "Broken"
        if not findings.is_complete:
            return "Incomplete" if findings.surveys else "Not there"
        elmo = findings.task.elmo
        has_elmo = elmo is None or self._elmos[elmo].error is None
        return READY if has_elmo else "Ready but for ELMo"
