"""The `allennlp` command, as often as need be at the cost of one start."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent

# Imports everything once, then runs each command in a fork of this process, which ends as the
# command itself would: an exception that nothing catches reaches Python's own end.
DRIVER = """
import gc, json, os, sys
sys.argv = ["/somewhere/bin/allennlp"]
import allennlp.__main__  # sets the log up
from allennlp import commands
exec(os.environ["SETUP"])
commands.import_plugins()
commands.import_plugins = lambda: None
gc.freeze()
for name, arguments in json.loads(os.environ["COMMANDS"]).items():
    process = os.fork()
    if process == 0:
        terminal = os.open(name + ".terminal", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        os.dup2(terminal, 1)
        os.dup2(terminal, 2)
        sys.argv += arguments
        commands.main(prog="allennlp")
        sys.stdout.flush()
        # Python's own end takes seconds with so much imported.
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with open(name + ".status", "w") as file:
        file.write(str(status))
"""


@dataclass
class Outcome:
    """How a command ended, and all that it wrote to the terminal, which is a file here."""

    status: int
    terminal: str

    @property
    def lines(self) -> list[str]:
        return self.terminal.splitlines()

    @property
    def last_line(self) -> str:
        return self.lines[-1]


def run_commands(
    folder: Path,
    commands: dict[str, list[str]],
    setup: str = "",
    environment: dict[str, str] | None = None,
) -> dict[str, Outcome]:
    """Runs commands one after another in a folder; what they were told and do is by their names."""
    (folder / ".allennlp_plugins").write_text("bluelmo_plugins\n")
    variables = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "OMP_NUM_THREADS": "1",
        "COMMANDS": json.dumps(commands),
        "SETUP": setup,
    }
    for name in ("ALLENNLP_DEBUG", "ALLENNLP_LOG_LEVEL", "DATASET_DIR", "ELMO_DIR"):
        variables.pop(name, None)
    variables.update(environment or {})
    subprocess.run([sys.executable, "-c", DRIVER], cwd=folder, env=variables, check=True)
    return {
        name: Outcome(
            int((folder / f"{name}.status").read_text()), (folder / f"{name}.terminal").read_text()
        )
        for name in commands
    }
