"""The command that trains every corpus, and its page."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import study.full_table as module
from study.estimate import estimate_table
from tests.configs.jsonnet_files import CONFIGS
from tests.report.fake_runs import write_evaluated


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], str]]:
    """The commands that were given, each with its DATASET_DIR; each leaves one run of SICK."""
    given = []
    test_file = tmp_path / "mednli" / "test.tsv"
    test_file.parent.mkdir()
    test_file.write_text("id\tsentence1\tsentence2\tlabel\n1\tA .\tB .\tneutral\n")

    def run(command: list[str], env: dict[str, str], **_: Any) -> None:
        given.append((command, env["DATASET_DIR"]))
        directory = Path(command[command.index("-s") + 1]) / "mednli" / "seed-1"
        write_evaluated(directory, "inference", test_file, [{"index": "1", "label": "neutral"}])

    monkeypatch.setattr(module, "subprocess", SimpleNamespace(run=run))
    return given


def test_every_corpus_is_trained_by_the_command_that_users_have(
    commands: list[tuple[list[str], str]], tmp_path: Path
) -> None:
    page = tmp_path / "results.md"
    module.main(["--runs", str(tmp_path / "runs"), "--page", str(page), "--seeds", "2"])
    assert [Path(corpora).name for _, corpora in commands] == ["blue", "blue-standins"]
    for command, _ in commands:
        assert command[1:5] == ["-m", "allennlp", "blue", "seeds"]
        assert command[-2:] == ["--seeds", "2"]
        configs = [each for each in command if each.endswith(".jsonnet")]
        assert configs
        assert all((CONFIGS.parent / config).is_file() for config in configs)
    text = page.read_text()
    assert "SICK, general English" in text
    assert "in place of mednli" in text
    assert (tmp_path / "results" / "blue.png").stat().st_size > 1000
    module.main(["--runs", str(tmp_path / "runs"), "--page", str(page), "--page-only"])
    assert len(commands) == 2
    assert page.read_text() == text


def test_the_estimate_has_the_ten_tasks_and_grows_with_them() -> None:
    rows = [line.split("|")[1].strip() for line in estimate_table().splitlines() if "|" in line]
    assert set(rows[2:-1]) == {path.stem for path in CONFIGS.glob("*.jsonnet")}
    assert rows[-1] == "all ten"
