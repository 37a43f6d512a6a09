"""Cached layers equal the computed ones, and are never those of another ELMo."""

import logging
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from allennlp.modules.elmo import batch_to_ids

from bluelmo_plugins.corpora.samples.elmo import ELMO_SIZES, write_elmo
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules import mixed_precision
from bluelmo_plugins.modules.bilm import BiLm, ElmoFileError, ElmoFiles
from bluelmo_plugins.modules.elmo.feature_cache_options import FeatureCacheOptions
from bluelmo_plugins.modules.elmo.frozen_bilm import FrozenBiLm

SENTENCES = [["Aspirin", "reduces", "fever"], ["a"], ["NA", "null", "", "x" * 60]]


def files_in(directory: Path) -> ElmoFiles:
    return ElmoFiles(directory / "options.json", directory / "weights.hdf5")


def frozen(files: ElmoFiles, directory: Path, precision: str = "single") -> FrozenBiLm:
    return FrozenBiLm(files, FeatureCacheOptions(str(directory), precision))


def ids_of(sentences: list[list[str]]) -> list[torch.Tensor]:
    """The character ids of each sentence, without pads."""
    padded = batch_to_ids(sentences)
    return [row[: len(sentence)] for row, sentence in zip(padded, sentences, strict=True)]


def layers(module: torch.nn.Module, sentences: list[list[str]] = SENTENCES) -> torch.Tensor:
    outputs: torch.Tensor = module(batch_to_ids(sentences))
    return outputs


@pytest.fixture(scope="module")
def files(tiny_elmo: Path) -> ElmoFiles:
    return files_in(tiny_elmo)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> ElmoFiles:
    """The files of another ELMo of the same size."""
    directory = tmp_path_factory.mktemp("other")
    write_elmo(directory, ELMO_SIZES["tiny"], seed=1)
    return files_in(directory)


@pytest.fixture(scope="module")
def computed_by_others(others: ElmoFiles) -> torch.Tensor:
    return layers(BiLm(others.options, others.weights))


@pytest.fixture(scope="module")
def computed(files: ElmoFiles) -> torch.Tensor:
    return layers(BiLm(files.options, files.weights))


@pytest.mark.parametrize(("precision", "tolerance"), [("single", 1e-6), ("half", 2e-3)])
@pytest.mark.parametrize("filled", [True, False])
def test_layers_equal_the_computed_ones_within_the_cached_precision(
    files: ElmoFiles,
    computed: torch.Tensor,
    tmp_path: Path,
    precision: str,
    tolerance: float,
    filled: bool,
) -> None:
    bilm = frozen(files, tmp_path, precision)
    if filled:
        bilm.fill(ids_of(SENTENCES))
    torch.testing.assert_close(layers(bilm), computed, atol=tolerance, rtol=0)


def test_weights_are_not_loaded_if_all_layers_are_cached(
    files: ElmoFiles, computed: torch.Tensor, tmp_path: Path
) -> None:
    frozen(files, tmp_path).fill(ids_of(SENTENCES))
    other = frozen(files, tmp_path)
    other.fill(ids_of(SENTENCES))
    torch.testing.assert_close(layers(other), computed)
    assert not other._loaded


def test_some_sentences_may_be_cached_and_others_not(
    files: ElmoFiles, computed: torch.Tensor, tmp_path: Path
) -> None:
    bilm = frozen(files, tmp_path)
    bilm.fill(ids_of(SENTENCES[1:2]))
    torch.testing.assert_close(layers(bilm), computed)


def test_without_a_cache_layers_are_computed(files: ElmoFiles, computed: torch.Tensor) -> None:
    bilm = FrozenBiLm(files)
    bilm.fill(ids_of(SENTENCES))
    torch.testing.assert_close(layers(bilm), computed)


def test_with_a_full_cache_layers_are_computed(
    files: ElmoFiles, computed: torch.Tensor, tmp_path: Path
) -> None:
    bilm = FrozenBiLm(files, FeatureCacheOptions(str(tmp_path), "single", max_gigabytes=1e-6))
    bilm.fill(ids_of(SENTENCES))
    torch.testing.assert_close(layers(bilm), computed)


def test_each_elmo_precision_and_compute_precision_has_its_own_cache(
    files: ElmoFiles, others: ElmoFiles, computed_by_others: torch.Tensor, tmp_path: Path
) -> None:
    bilms = (
        frozen(files, tmp_path),
        frozen(files, tmp_path, "half"),
        frozen(others, tmp_path),
        FrozenBiLm(files, FeatureCacheOptions(str(tmp_path), "single"), "bf16"),
    )
    assert len({bilm.cache.directory for bilm in bilms if bilm.cache is not None}) == len(bilms)
    frozen(files, tmp_path).fill(ids_of(SENTENCES))
    torch.testing.assert_close(layers(frozen(others, tmp_path)), computed_by_others)


def test_the_state_contains_no_weights(files: ElmoFiles) -> None:
    state = FrozenBiLm(files).state_dict()
    assert list(state) == ["elmo_sha256"]
    # `allennlp diff` compares nothing else.
    assert state["elmo_sha256"].is_floating_point()
    assert list(FrozenBiLm(files).parameters()) == []
    FrozenBiLm(files).load_state_dict(state)


def test_the_state_of_another_elmo_is_refused(
    files: ElmoFiles, others: ElmoFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ELMO_DIR", raising=False)
    with pytest.raises(InputError, match=r"other contents.*SHA-256.*ELMO_DIR"):
        FrozenBiLm(files).load_state_dict(FrozenBiLm(others).state_dict())


def test_the_recorded_files_are_found_in_elmo_dir_and_have_their_own_cache(
    files: ElmoFiles,
    others: ElmoFiles,
    computed: torch.Tensor,
    computed_by_others: torch.Tensor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ELMO_DIR", str(Path(files.options).parent))
    bilm = frozen(others, tmp_path)
    bilm.load_state_dict(FrozenBiLm(files).state_dict())
    bilm.fill(ids_of(SENTENCES))
    torch.testing.assert_close(layers(bilm), computed)
    torch.testing.assert_close(layers(frozen(others, tmp_path)), computed_by_others)


def test_files_that_do_not_fit_together_are_refused_before_loading(
    files: ElmoFiles, tmp_path: Path
) -> None:
    write_elmo(tmp_path, ELMO_SIZES["small"], seed=0)
    with pytest.raises(ElmoFileError, match=r"has shape .* but the options file asks for"):
        FrozenBiLm(ElmoFiles(tmp_path / "options.json", files.weights))


def test_files_in_the_archive_are_the_last_resort_and_read_at_once(
    files: ElmoFiles,
    others: ElmoFiles,
    computed: torch.Tensor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ELMO_DIR", raising=False)
    files.copy_to(tmp_path / "archive")
    archived = ElmoFiles.in_folder(tmp_path / "archive")
    options = FeatureCacheOptions(str(tmp_path / "store"), "single")
    bilm = FrozenBiLm(others, options, archived=archived)
    bilm.load_state_dict(FrozenBiLm(files).state_dict())
    shutil.rmtree(tmp_path / "archive")
    bilm.fill(ids_of(SENTENCES[:1]))
    torch.testing.assert_close(layers(bilm), computed)


def test_weights_are_released_after_a_fill(files: ElmoFiles, tmp_path: Path) -> None:
    bilm = frozen(files, tmp_path)
    bilm.fill(ids_of(SENTENCES))
    assert not bilm._loaded


def test_ctrl_c_while_layers_are_written_ends_all_workers(
    files: ElmoFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bilm = frozen(files, tmp_path)
    workers: list[str] = []

    def running() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name.startswith("bilm")]

    def interrupted(_: object) -> bool:
        workers.extend(running())
        raise KeyboardInterrupt

    monkeypatch.setattr(bilm.cache, "write", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        bilm.fill(ids_of(SENTENCES))
    # The traceback keeps the frames alive, as in a real program.
    assert caught.tb is not None
    assert workers
    assert not running()


def test_an_unsupported_precision_is_an_error_with_a_hint(files: ElmoFiles) -> None:
    with pytest.raises(InputError, match=r"fp16 needs a GPU.*elmo_compute"):
        layers(FrozenBiLm(files, compute="fp16"))


def test_an_emulated_precision_is_reported_as_a_warning(
    files: ElmoFiles, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for slow in (False, True):
        monkeypatch.setattr(mixed_precision, "is_emulated", lambda *_, slow=slow: slow)
        layers(FrozenBiLm(files, compute="bf16"))
        assert ("no instructions for bf16" in caplog.text) == slow


@pytest.mark.parametrize("same_order", [True, False])
def test_cached_layers_are_the_same_bits_in_any_order_of_filling(
    files: ElmoFiles, tmp_path: Path, same_order: bool
) -> None:
    one, other = (frozen(files, tmp_path / name, "half") for name in ("one", "other"))
    one.fill(ids_of(SENTENCES))
    for sentence in SENTENCES if same_order else SENTENCES[::-1]:
        other.fill(ids_of([sentence, ["in", "company"]]))
    uncached = frozen(files, tmp_path / "none", "half")
    assert torch.equal(layers(one), layers(other))
    assert torch.equal(layers(one), layers(uncached))


def test_threads_may_compute_and_read_layers_concurrently(
    files: ElmoFiles, computed: torch.Tensor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bilm = frozen(files, tmp_path)

    def use(number: int) -> torch.Tensor:
        if number % 2:
            bilm.fill(ids_of(SENTENCES[: 1 + number % 3]))
        return layers(bilm)

    with ThreadPoolExecutor(8) as pool:
        for outputs in pool.map(use, range(40)):
            torch.testing.assert_close(outputs, computed)
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


def test_layers_lost_to_damage_are_computed_and_cached_again(
    files: ElmoFiles, computed: torch.Tensor, tmp_path: Path
) -> None:
    bilm = frozen(files, tmp_path)
    bilm.fill(ids_of(SENTENCES))
    assert bilm.cache is not None
    (bilm.cache.directory / "features.sqlite").write_bytes(b"x" * 5000)
    torch.testing.assert_close(layers(bilm), computed)
    other = frozen(files, tmp_path)
    torch.testing.assert_close(layers(other), computed)
    assert not other._loaded
