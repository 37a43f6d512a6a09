"""What the trials found: a file of JSON lines for each study, a line as soon as a trial ends."""

import json
from pathlib import Path

from benchmarks.bare import REPOSITORY
from benchmarks.samples import Json

RESULTS = REPOSITORY / "study" / "results"

_KEY = ("study", "variant", "replicate", "plan")


def result_file(study: str, results: Path = RESULTS) -> Path:
    """The file of a study."""
    return results / f"{study.replace(' ', '-')}.jsonl"


def read_results(study: str, results: Path = RESULTS) -> list[Json]:
    """
    # Parameters

    study : `str`
        Its name.
    results : `Path`, optional (default = `RESULTS`)
        The folder of the files.

    # Returns

    `list[Json]`
        In the order in which they were found. A line that a killed study left unfinished is left
        out: its trial is done again.
    """
    file = result_file(study, results)
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1] if line]


def find(key: Json, found: list[Json]) -> Json | None:
    """The newest result of the very trial that has this key; `None` if there is none."""
    for result in reversed(found):
        if all(result[name] == key[name] for name in _KEY):
            return result
    return None


def keep(result: Json, results: Path = RESULTS) -> None:
    """Adds a result to the file of its study."""
    file = result_file(result["study"], results)
    file.parent.mkdir(parents=True, exist_ok=True)
    content = file.read_bytes() if file.exists() else b""
    with file.open("ab") as stream:
        # After a line without an end, which is given up.
        if content and not content.endswith(b"\n"):
            stream.truncate(content.rfind(b"\n") + 1)
        stream.write(json.dumps(result).encode() + b"\n")
