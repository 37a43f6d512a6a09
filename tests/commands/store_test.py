"""`allennlp blue store` shows, verifies and prunes feature caches."""

import argparse
import os
import sqlite3
from pathlib import Path

import pytest

from bluelmo_plugins.commands.store import Store
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules.elmo.feature_cache import FeatureCache, sentence_key
from bluelmo_plugins.modules.elmo.feature_cache_options import FEATURE_VERSION

VALUES = {sentence_key(b"%d" % number): b"%d" % number * 500 for number in range(1, 101)}


def run(*arguments: object) -> None:
    parser = argparse.ArgumentParser()
    verb = Store()
    verb.add_arguments(parser)
    verb.run(parser.parse_args([str(argument) for argument in arguments]))


def fill(directory: Path, version: int = FEATURE_VERSION) -> FeatureCache:
    description = {
        "options_file": str(directory.parent / "options.json"),
        "options_sha256": "0123456789abcdef" * 4,
        "weights_file": str(directory.parent / "weights.hdf5"),
        "weights_sha256": "fedcba9876543210" * 4,
        "compute": "bf16",
        "precision": "half",
        "version": version,
        "token_bytes": 50,
    }
    cache = FeatureCache(directory, 50_000_000, description)
    assert cache.write(VALUES.items())
    cache.close()
    return cache


@pytest.fixture
def caches(tmp_path: Path) -> Path:
    fill(tmp_path / "aaa1")
    fill(tmp_path / "aab2", version=FEATURE_VERSION - 1)
    fill(tmp_path / "bbb3")
    os.utime(tmp_path / "bbb3" / "lock", (1e9, 1e9))
    (tmp_path / "options.json").write_text("{}")
    return tmp_path


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir() if path.is_dir())


def damage(cache: Path) -> None:
    with sqlite3.connect(cache / "features.sqlite") as connection:
        connection.execute("UPDATE features SET value = zeroblob(900) WHERE rowid > 98")
    connection.close()


def test_shows_what_is_known_of_each_cache(caches, capsys):
    cache = fill(caches / "aaa1")
    cache.read([])
    run("show", "--dir", caches, "aaa")
    printed = capsys.readouterr().out
    assert printed.startswith(f"{caches}: 1 cache, ")
    assert f"weights: {caches}/weights.hdf5 (no longer there), SHA-256 fedcba987654\n" in printed
    assert f"options: {caches}/options.json, SHA-256 0123456789ab\n" in printed
    assert f"compute bf16, precision half, version {FEATURE_VERSION}\n" in printed
    assert "100 sentences, 1,920 tokens, " in printed
    assert printed.endswith(", in use now\n")


def test_shows_all_caches_and_those_that_cannot_be_read(caches, capsys):
    (caches / "aaa1" / "features.sqlite").write_bytes(b"x" * 5000)
    (caches / "aaa1" / "store.json").write_bytes(b"x")
    run("show", "--dir", caches)
    printed = capsys.readouterr().out
    assert "aaa1\n  no description\n  cannot be read (" in printed
    assert "last used 2001-09-0" in printed
    assert printed.count("100 sentences") == 1
    assert "of another version" in printed


def test_an_empty_folder_is_shown_as_such(tmp_path, capsys):
    run("show", "--dir", tmp_path)
    assert capsys.readouterr().out == f"{tmp_path}: 0 caches, 0 B\n"


def test_a_name_that_no_cache_has_is_refused(caches):
    with pytest.raises(InputError, match=r"begins with 'x'.*Expected aaa1, aab2, bbb3"):
        run("verify", "--dir", caches, "aaa", "x")


def test_verifies_and_repairs_and_ends_with_status_1_if_there_is_damage(caches, capsys):
    run("verify", "--dir", caches)
    damage(caches / "aaa1")
    for arguments in ([], ["--repair"]):
        with pytest.raises(SystemExit) as ended:
            run("verify", "--dir", caches, *arguments)
        assert ended.value.code == 1
    printed = capsys.readouterr().out
    assert "aaa1: 98 sentences are sound, 2 damaged" in printed
    assert "repaired: 98 sentences are left" in printed
    run("verify", "--dir", caches)


def test_a_damaged_database_is_repaired_by_starting_it_over(caches, capsys):
    (caches / "aaa1" / "features.sqlite").write_bytes(b"x" * 5000)
    with pytest.raises(SystemExit):
        run("verify", "--dir", caches, "--repair")
    printed = capsys.readouterr().out
    assert "aaa1: the database is damaged: " in printed
    assert "repaired: 0 sentences are left" in printed
    run("verify", "--dir", caches)


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        (["--all"], []),
        (["--all", "aaa"], ["aab2", "bbb3"]),
        (["aa"], ["bbb3"]),
        (["--other-versions"], ["aaa1", "bbb3"]),
        (["--unused-for", "30d"], ["aaa1", "aab2"]),
        (["--unused-for", "30d", "--other-versions"], ["aaa1"]),
        (["--unused-for", "30d", "aaa1"], ["aaa1", "aab2", "bbb3"]),
    ],
)
def test_prunes_by_its_rules_only_if_allowed_to(caches, capsys, rules, left):
    run("prune", "--dir", caches, *rules)
    assert names(caches) == ["aaa1", "aab2", "bbb3"]
    shown = capsys.readouterr().out
    run("prune", "--dir", caches, *rules, "--yes")
    assert names(caches) == left
    done = capsys.readouterr().out
    for name in {"aaa1", "aab2", "bbb3"} - set(left):
        assert f"{name}: remove, " in shown
    if len(left) < 3:
        assert "Nothing was removed. Add --yes" in shown
        assert "Freed " in done
    else:
        assert "nothing to remove" in shown


def test_asks_on_a_terminal(caches, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: "no")
    run("prune", "--dir", caches, "--all")
    assert len(names(caches)) == 3
    monkeypatch.setattr("builtins.input", lambda _: "y")
    run("prune", "--dir", caches, "--all")
    assert names(caches) == []


def test_a_cache_in_use_is_left(caches, capsys):
    cache = FeatureCache(caches / "aaa1", 50_000_000)
    assert cache.missing(VALUES) == []
    run("prune", "--dir", caches, "--all", "--yes")
    assert names(caches) == ["aaa1"]
    assert "aaa1: left as it is, a process uses it" in capsys.readouterr().out
    assert cache.read(list(VALUES)) == list(VALUES.values())


def test_prunes_damaged_features_and_what_killed_processes_left(caches, capsys):
    with sqlite3.connect(caches / "aaa1" / "features.sqlite") as connection:
        connection.execute("UPDATE features SET checksum = 0 WHERE rowid > 50")
    connection.close()
    fill(caches / ".ccc.removed-1")
    before = (caches / "aaa1" / "features.sqlite").stat().st_size
    run("prune", "--dir", caches, "--damaged", "--yes")
    assert names(caches) == ["aaa1", "aab2", "bbb3"]
    assert (caches / "aaa1" / "features.sqlite").stat().st_size < 0.8 * before
    assert "aaa1: repair (50 sentences are sound, 50 damaged)" in capsys.readouterr().out
    run("verify", "--dir", caches)


def test_a_full_disk_leaves_a_cache_as_it_is(caches, capsys, monkeypatch):
    def fail(cache: Path) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    damage(caches / "aaa1")
    monkeypatch.setattr("bluelmo_plugins.modules.elmo.feature_cache_maintenance.shrink", fail)
    run("prune", "--dir", caches, "--damaged", "--yes")
    assert "left as it is (database or disk is full)" in capsys.readouterr().out


def test_prune_without_a_rule_is_refused(caches):
    with pytest.raises(InputError, match=r"--unused-for.*or --all"):
        run("prune", "--dir", caches, "--yes")


@pytest.mark.parametrize("text", ["30", "d", "-1d", "1y", "1.5d"])
def test_a_time_that_is_none_is_refused(caches, text, capsys):
    with pytest.raises(SystemExit):
        run("prune", "--dir", caches, f"--unused-for={text}")
    assert "is no time such as 12h, 30d or 8w" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["show"], ["verify"], ["prune", "--all"]])
def test_a_folder_that_is_not_there_is_told(tmp_path, command):
    with pytest.raises(InputError, match="there is no such folder"):
        run(*command, "--dir", tmp_path / "nowhere")
