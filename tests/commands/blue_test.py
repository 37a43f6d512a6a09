"""`allennlp blue`: the list of verbs, and what happens to a wrong one."""

import argparse

import pytest

from bluelmo_plugins.commands.blue import Blue, Verb


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="allennlp")
    Blue().add_subparser(parser.add_subparsers())
    return parser


def test_without_a_verb_the_verbs_are_listed(capsys):
    args = _parser().parse_args(["blue"])
    args.func(args)
    printed = capsys.readouterr().out
    for name in Verb.list_available():
        assert name in printed
        assert Verb.by_name(name).summary in " ".join(printed.split())


def test_unknown_verb_lists_the_known_ones_last(capsys):
    with pytest.raises(SystemExit) as exit_:
        _parser().parse_args(["blue", "smaple"])
    assert exit_.value.code != 0
    last = capsys.readouterr().err.splitlines()[-1]
    assert "smaple" in last
    assert all(name in last for name in Verb.list_available())


def test_verb_gets_its_arguments():
    args = _parser().parse_args(["blue", "sample", "somewhere", "--elmo", "full"])
    assert (str(args.directory), args.elmo, args.only) == ("somewhere", "full", None)
    assert args.func.__func__ is Verb.by_name("sample").run
