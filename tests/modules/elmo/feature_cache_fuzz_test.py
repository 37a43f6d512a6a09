"""
A cache with damaged files returns right values or none, and the run continues.

`BLUELMO_FUZZ=N` runs N times as many mutations (see `tests.fuzzing`).
"""

import random
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bluelmo_plugins.modules.elmo.feature_cache import FeatureCache, sentence_key, transaction
from tests.fuzzing import check_cases

CASES = 400
LIMIT = 10_000_000
PAGE = 16384
VALUES = {
    sentence_key(b"%d" % number): random.Random(number).randbytes(number * 13 % 700)
    for number in range(300)
}


def flip_bits(content: bytearray, choice: random.Random) -> bytes:
    for _ in range(choice.choice([1, 1, 1, 2, 8, 100])):
        content[choice.randrange(len(content))] ^= 1 << choice.randrange(8)
    return content


def flip_bits_at_the_beginning(content: bytearray, choice: random.Random) -> bytes:
    content[choice.randrange(min(len(content), 200))] ^= 1 << choice.randrange(8)
    return content


def cut(content: bytearray, choice: random.Random) -> bytes:
    return content[: choice.randrange(len(content))]


def cut_at_a_page(content: bytearray, choice: random.Random) -> bytes:
    return content[: choice.randrange(0, len(content), PAGE)]


def lose_the_beginning(content: bytearray, choice: random.Random) -> bytes:
    return content[choice.randrange(len(content)) :]


def grow(content: bytearray, choice: random.Random) -> bytes:
    size = choice.randrange(3 * PAGE)
    return content + choice.choice([bytes(size), choice.randbytes(size), content[:size]])


def overwrite(content: bytearray, choice: random.Random) -> bytes:
    start, size = choice.randrange(len(content)), choice.randrange(1, 2 * PAGE)
    content[start : start + size] = choice.choice([bytes(size), choice.randbytes(size)])
    return content


def zero_a_page(content: bytearray, choice: random.Random) -> bytes:
    start = choice.randrange(0, len(content), PAGE)
    content[start : start + PAGE] = bytes(PAGE)
    return content


def swap_pages(content: bytearray, choice: random.Random) -> bytes:
    one, other = (choice.randrange(0, len(content), PAGE) for _ in range(2))
    first, second = content[one : one + PAGE], content[other : other + PAGE]
    content[one : one + PAGE], content[other : other + PAGE] = second, first
    return content


def move_a_part(content: bytearray, choice: random.Random) -> bytes:
    start, size = choice.randrange(len(content)), choice.randrange(1, 2000)
    part = content[start : start + size]
    del content[start : start + size]
    place = choice.randrange(len(content) + 1)
    content[place:place] = part
    return content


def repeat_a_part(content: bytearray, choice: random.Random) -> bytes:
    start, place = choice.randrange(len(content)), choice.randrange(len(content))
    content[place:place] = content[start : start + choice.randrange(1, 2000)]
    return content


def be_of_another_kind(content: bytearray, choice: random.Random) -> bytes:
    other_database = sqlite3.connect(":memory:")
    other_database.execute(
        choice.choice(["CREATE TABLE features (key)", "CREATE TABLE other (key BLOB)"])
    )
    return choice.choice(
        [
            b"",
            b"\n" * PAGE,
            b"index\tsentence\n" * 1000,
            bytes(len(content)),
            choice.randbytes(len(content)),
            zlib.compress(content),
            other_database.serialize(),
        ]
    )


MUTATIONS: list[Callable[[bytearray, random.Random], bytes]] = [
    flip_bits,
    flip_bits_at_the_beginning,
    cut,
    cut_at_a_page,
    lose_the_beginning,
    grow,
    overwrite,
    zero_a_page,
    swap_pages,
    move_a_part,
    repeat_a_part,
    be_of_another_kind,
]


def mutate_file(path: Path, choice: random.Random) -> str:
    """Mutates a file, and returns a description of the mutation."""
    kind = choice.randrange(40)
    content = bytearray(path.read_bytes())
    if kind == 0:
        path.unlink()
        return f"remove {path.name}"
    if kind == 1:
        path.unlink()
        path.mkdir()
        return f"make {path.name} a folder"
    if not content:
        path.write_bytes(choice.randbytes(choice.randrange(100)))
        return f"fill {path.name}"
    mutation = choice.choice(MUTATIONS)
    changed = mutation(content, choice)
    with path.open("r+b") as file:  # in place: a process may have it open
        file.write(changed)
        file.truncate()
    return f"{mutation.__name__} {path.name}"


def make_templates(directory: Path) -> list[Path]:
    """Creates an intact cache, and one whose writer was killed in a transaction."""
    items = list(VALUES.items())
    whole, live, killed = (directory / name for name in ("whole", "live", "killed"))
    cache = FeatureCache(whole, LIMIT, {"version": 1})
    for start in range(0, len(items), 50):
        assert cache.write(items[start : start + 50])
    assert FeatureCache(live, LIMIT).write(items[:200])
    with transaction(live / "features.sqlite", writes=True) as connection:
        assert connection is not None
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("DELETE FROM features")
        shutil.copytree(live, killed)
    assert (killed / "features.sqlite-journal").stat().st_size > 0
    return [whole, whole, killed]


def check(cache: FeatureCache) -> int:
    """Asserts that all values are right or missing; returns the number of missing ones."""
    values = cache.read(list(VALUES))
    for value, expected in zip(values, VALUES.values(), strict=True):
        assert value is None or value == expected, "a wrong value"
    return values.count(None)


def try_case(templates: list[Path], directory: Path, seed: int) -> tuple[str, str]:
    """Returns the mutations of a cache and the outcome."""
    choice = random.Random(seed)
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(choice.choice(templates), directory)
    cache = FeatureCache(directory, LIMIT)
    if choice.random() < 0.25:
        check(cache)
    paths = sorted(path for path in directory.iterdir() if path.name != "lock")
    if choice.random() < 0.6:
        paths = [directory / "features.sqlite"]
    done = [
        mutate_file(path, choice)
        for path in choice.sample(paths, min(len(paths), choice.choice([1, 1, 1, 2])))
    ]
    lost = check(cache)
    missing = set(cache.missing(VALUES))
    written = cache.write([(key, value) for key, value in VALUES.items() if key in missing])
    assert check(cache) == 0 or not written, "written features are missing"
    again = FeatureCache(directory, LIMIT)
    lost += check(again)
    usable = again.write(VALUES.items()) and check(again) == 0
    outcome = "usable" if usable else "given up"
    return " and ".join(done), outcome + (", some computed again" if usable and lost else "")


def test_a_cache_with_mutated_files_returns_right_values_or_none(tmp_path: Path) -> None:
    templates = make_templates(tmp_path)
    check_cases(partial(try_case, templates, tmp_path / "store"), CASES)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_the_mutations_change_something(
    mutation: Callable[[bytearray, random.Random], bytes],
) -> None:
    content = b"".join(VALUES.values())
    assert any(mutation(bytearray(content), random.Random(n)) != content for n in range(10))
