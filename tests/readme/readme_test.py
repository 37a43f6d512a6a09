"""Every command in README.md works as it stands there, and every example of a config, too."""

import csv
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.configs.jsonnet_files import evaluate, variant
from tests.docs.pages import README, REPOSITORY, code_blocks, code_spans, text_of
from tests.readme.allennlp_server import allennlp_server
from tests.readme.shell_commands import (
    begins_one_of,
    block_commands,
    inline_commands,
    program_of,
    without_comment,
)

BLOCK_COMMANDS = [without_comment(command) for command in block_commands(README)]
INLINE_COMMANDS = [without_comment(command) for command in inline_commands(README)]
MAKEFILE = (REPOSITORY / "Makefile").read_text()
CI = (REPOSITORY / ".ci" / "run").read_text()
ROWS_A_LABEL = 12

# Commands that no test can run, and why; the files that they name are checked.
NOT_RUN = {
    ". .venv/bin/activate": "`make install` makes it, which .ci/run does",
    "python -m venv .venv": "an environment of its own for what the next command installs",
    ".venv/bin/pip install --no-deps -r requirements/lock.txt": "it downloads 5 GB; that the lock "
    "is complete, tests/install/requirements_test.py checks",
    "mkdir -p .venv/nltk_data/tokenizers/punkt": "the environment that it belongs to is not made",
}
NAMED_CONFIG = r"`(configs/[\w-]+\.jsonnet)`:\n\n```jsonnet\n((?:.+\n)+?)```$"
PLACEHOLDER = re.compile(r"export (\w+)=\.\.\.")

RUNNABLE = ("allennlp", "echo")
"""What the tests run; anything else in the README needs a reason not to be run."""

MAKE_COMMANDS = [each for each in BLOCK_COMMANDS + INLINE_COMMANDS if program_of(each) == "make"]
RUN_COMMANDS = [command for command in BLOCK_COMMANDS if program_of(command) in RUNNABLE]
MENTIONS = [
    command
    for command in INLINE_COMMANDS
    if program_of(command) != "make"
    and command not in NOT_RUN
    and not begins_one_of(command, RUN_COMMANDS)
]


@pytest.fixture(scope="module")
def small_corpora(sample_corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus that the README trains on, with a few rows of each label."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "ddi2013-type").mkdir()
    for file in (sample_corpora / "ddi2013-type").glob("*.tsv"):
        seen: Counter[str] = Counter()
        with (
            file.open(newline="") as whole,
            (folder / "ddi2013-type" / file.name).open("w", newline="") as part,
        ):
            writer = csv.writer(part, delimiter="\t", lineterminator="\n")
            for row in csv.reader(whole, delimiter="\t"):
                seen[row[-1]] += 1
                if seen[row[-1]] <= ROWS_A_LABEL:
                    writer.writerow(row)
    return folder


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a user has after cloning the repository, and the configs that the README has made."""
    folder = tmp_path_factory.mktemp("clone")
    for name in (".allennlp_plugins", "Makefile", "bluelmo_plugins"):
        (folder / name).symlink_to(REPOSITORY / name)
    shutil.copytree(REPOSITORY / "configs", folder / "configs")
    for name, text in re.findall(NAMED_CONFIG, README.read_text(), re.MULTILINE):
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def environment(
    clone: Path,
    tiny_elmo: Path,
    small_corpora: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, str]]:
    """What a command finds: the two folders, and an `allennlp` that starts at once."""
    variables = {
        **os.environ,
        "ELMO_DIR": str(tiny_elmo),
        "DATASET_DIR": str(small_corpora),
        "OMP_NUM_THREADS": "1",
    }
    with allennlp_server(tmp_path_factory.mktemp("bin"), clone, variables) as programs:
        yield {**variables, "PATH": f"{programs}:{variables['PATH']}"}


def run(command: str, clone: Path, environment: dict[str, str]) -> str:
    """Runs a command as a shell does; gives what it prints."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=clone,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


# One after another, in the README's order: each may need what those before it have made.
@pytest.mark.parametrize("command", RUN_COMMANDS)
def test_the_command_works(command: str, clone: Path, environment: dict[str, str]) -> None:
    output = run(command, clone, environment)
    if command.startswith("allennlp evaluate"):
        assert output.strip().splitlines()[-1].endswith("(the official BLUE score)")


@pytest.mark.parametrize("command", RUN_COMMANDS)
def test_what_the_command_writes_is_there(command: str, clone: Path) -> None:
    named = re.findall(r"(?:-s|--output|--output-file) (\S+)", command)
    assert [name for name in named if not (clone / name).exists()] == []


def test_every_command_in_a_block_is_checked_somehow() -> None:
    unchecked = set(BLOCK_COMMANDS) - {*RUN_COMMANDS, *MAKE_COMMANDS, *NOT_RUN}
    assert [command for command in unchecked if not PLACEHOLDER.fullmatch(command)] == []


def test_commands_that_are_only_mentioned_are_there(
    clone: Path, environment: dict[str, str]
) -> None:
    for command in dict.fromkeys(MENTIONS):
        assert program_of(command) == "allennlp", f"{command}: run it, or say in NOT_RUN why not"
        assert "usage: allennlp" in run(f"{command} --help", clone, environment)


@pytest.mark.parametrize("command", dict.fromkeys(MAKE_COMMANDS))
def test_make_knows_the_target_and_its_variables(command: str, clone: Path) -> None:
    words = command.split()[1:]
    run(f"make --dry-run {' '.join(words)}", clone, dict(os.environ))
    documented = set(re.findall(r"^#\s+([A-Z]+)=", MAKEFILE, re.MULTILINE))
    assert {word.partition("=")[0] for word in words if "=" in word} <= documented


@pytest.mark.parametrize("target", ["demo", "test", "check"])
def test_ci_runs_what_make_does_not_run_here(target: str) -> None:
    assert f"make {target}" in MAKE_COMMANDS
    assert re.search(rf"^make {target}\b", CI, re.MULTILINE)


def test_settings_that_are_mentioned_are_variables_of_the_makefile() -> None:
    named = [found[1] for found in map(re.compile(r"([A-Z]+)=\S+$").match, spans()) if found]
    assert set(named) <= set(re.findall(r"\$\((?:or )?([A-Z]+)", MAKEFILE))


def spans() -> list[str]:
    return code_spans(README)


@pytest.mark.parametrize("command", NOT_RUN)
def test_a_command_that_is_not_run_is_in_the_readme_and_names_files_that_are_there(
    command: str,
) -> None:
    assert command in BLOCK_COMMANDS + INLINE_COMMANDS
    assert "VENV = .venv\n" in MAKEFILE
    paths = [word for word in command.split() if "/" in word and not word.startswith(".venv/")]
    assert [path for path in paths if not (REPOSITORY / path).exists()] == []


def test_the_folders_to_be_set_are_those_that_configs_read() -> None:
    # The text of a biLM is on its page.
    pages = [*BLOCK_COMMANDS, *block_commands(REPOSITORY / "docs" / "own-elmo.md")]
    found = {match[1] for match in map(PLACEHOLDER.match, pages) if match}
    environment = (REPOSITORY / "configs" / "lib" / "env.libsonnet").read_text()
    assert sorted(found) == sorted(re.findall(r"extVar\('(\w+)'\)", environment))


def test_the_two_commands_come_first() -> None:
    assert BLOCK_COMMANDS[:2] == ["make demo", "make test"]


def test_every_example_of_a_config_changes_what_it_sets() -> None:
    examples = code_blocks(README, "jsonnet")
    assert len(examples) == 1
    for example in examples:
        (task,) = re.findall(r"import '([\w-]+)\.jsonnet'", example)
        assert evaluate(example) != evaluate(variant(task))


def test_every_figure_of_the_speed_section_is_from_the_page_on_speed() -> None:
    section = text_of(README).split("## Speed\n")[1].split("\n## ")[0]
    speed = (REPOSITORY / "docs" / "speed.md").read_text()
    figures = re.findall(r"\d[\d,]*\.?\d*", re.sub(r"fp32|bf16|`[^`]*`|\([^)]*\)\)?", "", section))
    assert len(figures) > 8
    assert [figure for figure in figures if figure.rstrip(".") not in speed] == []
