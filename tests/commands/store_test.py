"""`allennlp blue store`: what it shows, removes, repairs and refuses."""

import argparse
import os
import sqlite3
from pathlib import Path

import pytest

from bluelmo_plugins.commands.store import Store
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules.feature_store import FeatureStore, sentence_key
from bluelmo_plugins.modules.feature_store_options import BILM_VERSION

VALUES = {sentence_key(b"%d" % number): b"%d" % number * 500 for number in range(1, 101)}


def run(*arguments: object) -> None:
    parser = argparse.ArgumentParser()
    store = Store()
    store.add_arguments(parser)
    store.run(parser.parse_args([str(argument) for argument in arguments]))


def fill(directory: Path, version: int = BILM_VERSION) -> FeatureStore:
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
    store = FeatureStore(directory, 50_000_000, description)
    assert store.write(VALUES.items())
    store.close()
    return store


@pytest.fixture
def stores(tmp_path: Path) -> Path:
    fill(tmp_path / "aaa1")
    fill(tmp_path / "aab2", version=BILM_VERSION - 1)
    fill(tmp_path / "bbb3")
    os.utime(tmp_path / "bbb3" / "lock", (1e9, 1e9))
    (tmp_path / "options.json").write_text("{}")
    return tmp_path


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir() if path.is_dir())


def damage(store: Path) -> None:
    with (store / "features-1.bin").open("r+b") as file:
        file.seek(5000)
        file.write(bytes(1000))


def test_shows_what_is_known_of_each_store(stores, capsys):
    store = fill(stores / "aaa1")
    store.read([])
    run("show", "--dir", stores, "aaa")
    printed = capsys.readouterr().out
    assert printed.startswith(f"{stores}: 1 stores, ")
    assert f"weights: {stores}/weights.hdf5 (no longer there), SHA-256 fedcba987654\n" in printed
    assert f"options: {stores}/options.json, SHA-256 0123456789ab\n" in printed
    assert f"compute bf16, precision half, version {BILM_VERSION}\n" in printed
    assert "100 sentences, 1,920 tokens, " in printed
    assert printed.endswith(", in use now\n")


def test_shows_all_stores_and_those_that_cannot_be_read(stores, capsys):
    (stores / "aaa1" / "index-1.sqlite").write_bytes(b"x" * 5000)
    (stores / "aaa1" / "store.json").write_bytes(b"x")
    run("show", "--dir", stores)
    printed = capsys.readouterr().out
    assert "aaa1\n  no description\n  cannot be read (" in printed
    assert "last used 2001-09-0" in printed
    assert printed.count("100 sentences") == 2


def test_an_empty_folder_is_shown_as_such(tmp_path, capsys):
    run("show", "--dir", tmp_path / "none")
    assert capsys.readouterr().out == f"{tmp_path}/none: 0 stores, 0 B\n"


def test_a_name_that_no_store_has_is_refused(stores):
    with pytest.raises(InputError, match=r"begins with 'x'.*Expected aaa1, aab2, bbb3"):
        run("verify", "--dir", stores, "aaa", "x")


def test_verifies_and_repairs_and_ends_with_status_1_if_there_is_damage(stores, capsys):
    run("verify", "--dir", stores)
    damage(stores / "aaa1")
    for arguments in ([], ["--repair"]):
        with pytest.raises(SystemExit) as ended:
            run("verify", "--dir", stores, *arguments)
        assert ended.value.code == 1
    printed = capsys.readouterr().out
    assert "aaa1: 98 sentences are sound, 2 damaged; " in printed
    assert "repaired: 98 sentences are left" in printed
    run("verify", "--dir", stores)


def test_a_store_that_is_damaged_as_a_whole_is_repaired(stores, capsys):
    (stores / "aaa1" / "index-1.sqlite").write_bytes(b"x" * 5000)
    with pytest.raises(SystemExit):
        run("verify", "--dir", stores, "--repair")
    assert "repaired: 100 sentences are left" in capsys.readouterr().out


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
def test_prunes_by_its_rules_only_if_allowed_to(stores, capsys, rules, left):
    run("prune", "--dir", stores, *rules)
    assert names(stores) == ["aaa1", "aab2", "bbb3"]
    shown = capsys.readouterr().out
    run("prune", "--dir", stores, *rules, "--yes")
    assert names(stores) == left
    done = capsys.readouterr().out
    for name in {"aaa1", "aab2", "bbb3"} - set(left):
        assert f"{name}: remove, " in shown
    if len(left) < 3:
        assert "Nothing was removed; with --yes it is." in shown
        assert "Freed " in done
    else:
        assert "nothing to remove" in shown


def test_asks_on_a_terminal(stores, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: "no")
    run("prune", "--dir", stores, "--all")
    assert len(names(stores)) == 3
    monkeypatch.setattr("builtins.input", lambda _: "y")
    run("prune", "--dir", stores, "--all")
    assert names(stores) == []


def test_a_store_in_use_is_left(stores, capsys):
    store = FeatureStore(stores / "aaa1", 50_000_000)
    assert store.missing(VALUES) == []
    run("prune", "--dir", stores, "--all", "--yes")
    assert names(stores) == ["aaa1"]
    assert "aaa1: left as it is, a process uses it" in capsys.readouterr().out
    assert store.read(list(VALUES)) == list(VALUES.values())


def test_prunes_what_is_damaged_and_what_killed_processes_left(stores, capsys):
    damage(stores / "aaa1")
    fill(stores / ".ccc.removed-1")
    before = (stores / "aaa1" / "features-1.bin").stat().st_size
    run("prune", "--dir", stores, "--damaged", "--yes")
    assert names(stores) == ["aaa1", "aab2", "bbb3"]
    assert (stores / "aaa1" / "features-1.bin").stat().st_size < before - 1000
    assert "aaa1: clean (2 damaged sentences; " in capsys.readouterr().out
    run("verify", "--dir", stores)


def test_a_full_disk_leaves_a_store_as_it_is(stores, capsys, monkeypatch):
    def fail(store: Path) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    damage(stores / "aaa1")
    monkeypatch.setattr("bluelmo_plugins.modules.feature_store.maintenance.compact", fail)
    run("prune", "--dir", stores, "--damaged", "--yes")
    assert "left as it is (database or disk is full)" in capsys.readouterr().out


def test_prune_without_a_rule_is_refused(stores):
    with pytest.raises(InputError, match=r"--unused-for.*or --all"):
        run("prune", "--dir", stores, "--yes")


@pytest.mark.parametrize("text", ["30", "d", "-1d", "1y", "1.5d"])
def test_a_time_that_is_none_is_refused(stores, text, capsys):
    with pytest.raises(SystemExit):
        run("prune", "--dir", stores, f"--unused-for={text}")
    assert "is no time such as 12h, 30d or 8w" in capsys.readouterr().err
