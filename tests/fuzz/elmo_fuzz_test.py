"""Mutated ELMo files are loaded with the right shapes, or refused by name."""

import random
import shutil
from functools import partial
from pathlib import Path

import torch

from bluelmo_plugins.modules.bilm import BiLm, ElmoFileError, ElmoFiles, check_files
from tests.fuzz.text_mutations import mutate
from tests.fuzzing import check_cases
from tests.modules.elmo import feature_cache_fuzz_test

CASES = 80


def mutate_options(path: Path, choice: random.Random) -> str:
    content = path.read_bytes()
    if choice.random() < 0.6:
        # Replace one value or name of the JSON.
        words = content.split(b" ")
        number = choice.randrange(len(words))
        values = [b"-1", b"0", b"1.5", b"1e999", b"NaN", b"true", b"null", b'"4"', b"[]", b"{}",
                  b"9" * 30, b"9" * 6000, b"3", b"64", b'"x":', b"", b",", b"\xff"]  # fmt: skip
        words[number] = choice.choice(values) + choice.choice([b"", b","])
        content, done = b" ".join(words), "replace a value"
    else:
        content, done = mutate(content, choice)
    path.write_bytes(content)
    return f"options.json: {done}"


def mutate_weights(path: Path, choice: random.Random) -> str:
    content = bytearray(path.read_bytes())
    if choice.random() < 0.6:
        # Change the structure, which is in a few places among the numbers.
        for _ in range(choice.choice([1, 1, 4, 40])):
            marks = [b"TREE", b"HEAP", b"SNOD", b"\x89HDF", b"W_", b"CNN", b"RNN"]
            place = content.find(choice.choice(marks), choice.randrange(len(content)))
            if place >= 0:
                place = min(len(content) - 1, place + choice.randrange(120))
                content[place] = choice.randrange(256)
        path.write_bytes(content)
        return "weights.hdf5: change its structure"
    return feature_cache_fuzz_test.mutate_file(path, choice)


def try_case(original: Path, folder: Path, seed: int) -> tuple[str, str]:
    choice = random.Random(seed)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(original, folder)
    if choice.random() < 0.4:
        done = mutate_options(folder / "options.json", choice)
    else:
        done = mutate_weights(folder / "weights.hdf5", choice)
    try:
        files = ElmoFiles(folder / "options.json", folder / "weights.hdf5")
        options = check_files(files)
        bilm = BiLm(files.options, files.weights)
    except ElmoFileError as error:
        assert error.file in (str(files.options), str(files.weights))
        assert len(str(error)) < 5000, "an endless error"
        return done, "refused"
    with torch.no_grad():
        outputs = bilm(torch.randint(1, 262, (1, 2, 50)))
    assert outputs.shape == (1, 2, 2 * options.num_layers - 1, options.projection_dim)
    return done, "loaded"


def test_mutated_elmo_files_are_loaded_or_refused(tiny_elmo: Path, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    counts = check_cases(partial(try_case, tiny_elmo, tmp_path / "elmo"), CASES)
    assert set(counts) == {"loaded", "refused"}
