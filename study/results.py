"""Results as one JSON Lines file per study, written after each trial."""

import json
from pathlib import Path

from benchmarks.machine import REPOSITORY
from benchmarks.tables import Json

RESULTS = REPOSITORY / "study" / "results"

_KEY = ("study", "variant", "replicate", "plan")


def result_file(study: str, results: Path = RESULTS) -> Path:
    """Returns the file of a study."""
    return results / f"{study.replace(' ', '-')}.jsonl"


def read_results(study: str, results: Path = RESULTS) -> list[Json]:
    """Reads the results in order, without an unfinished last line."""
    file = result_file(study, results)
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1] if line]


def find(key: Json, found: list[Json]) -> Json | None:
    """Returns the newest result with this key, or `None`."""
    for result in reversed(found):
        if all(result[name] == key[name] for name in _KEY):
            return result
    return None


def keep(result: Json, results: Path = RESULTS) -> None:
    """Appends a result to the file of its study."""
    file = result_file(result["study"], results)
    file.parent.mkdir(parents=True, exist_ok=True)
    content = file.read_bytes() if file.exists() else b""
    with file.open("ab") as stream:
        # Removes an unfinished last line.
        if content and not content.endswith(b"\n"):
            stream.truncate(content.rfind(b"\n") + 1)
        stream.write(json.dumps(result).encode() + b"\n")
