"""Weights are tensors, and no code in them is run."""

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.nn.util import read_state_dict
from allennlp.training.checkpointer import Checkpointer

from bluelmo_plugins.cli.safe_loading import check_weights
from bluelmo_plugins.errors import InputError
from tests.cli.safe_loading.conftest import Spoiler, evaluate, refusal


class Pickled:
    """Unpickles to the call of a function."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return open, (str(self._path), "w")


@pytest.mark.parametrize("force", ["", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"])
@pytest.mark.parametrize("zipped", [True, False])
def test_no_code_in_weights_is_run(
    force: str, zipped: bool, spoiler: Spoiler, corpus: str, evil: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if force:
        monkeypatch.setenv(force, "1")
    buffer = io.BytesIO()
    torch.save({"x": Pickled(evil)}, buffer, _use_new_zipfile_serialization=zipped)
    archive = spoiler.with_members(weights=buffer.getvalue())
    text = refusal(archive, corpus)
    assert text.startswith(f"{archive}/weights.th: these weights are refused")
    assert not evil.exists()


def test_allennlps_own_loading_of_states_runs_no_code(tmp_path: Path, evil: Path) -> None:
    for name in ("model_state_e0_b0.th", "training_state_e0_b0.th"):
        torch.save({"x": Pickled(evil)}, tmp_path / name)
    with pytest.raises(pickle.UnpicklingError):
        read_state_dict(tmp_path / "model_state_e0_b0.th")
    with pytest.raises(pickle.UnpicklingError):
        Checkpointer(tmp_path).load_checkpoint()
    assert not evil.exists()


def test_nothing_asks_torch_to_run_code() -> None:
    import allennlp

    import bluelmo_plugins

    for package in (allennlp, bluelmo_plugins):
        for path in Path(str(package.__file__)).parent.rglob("*.py"):
            assert "weights_only=False" not in path.read_text(encoding="utf-8"), path


def test_weights_larger_than_their_file_are_refused(run_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.th"
    with (
        zipfile.ZipFile(run_folder / "best.th") as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            target.writestr(member.filename, source.read(member))
        target.writestr("archive/data/999", bytes(10_000_000))
    with pytest.raises(InputError, match="larger than the file"):
        check_weights(path)


def test_weights_that_are_no_dictionary_are_refused(tmp_path: Path) -> None:
    torch.save([torch.zeros(1)], tmp_path / "weights.th")
    with pytest.raises(InputError, match="no dictionary of tensors"):
        check_weights(tmp_path / "weights.th")


def test_weights_in_torchs_older_format_are_loaded(spoiler: Spoiler, corpus: str) -> None:
    state = torch.load(io.BytesIO(spoiler.members["weights.th"]))
    buffer = io.BytesIO()
    torch.save(state, buffer, _use_new_zipfile_serialization=False)
    assert not zipfile.is_zipfile(buffer)
    assert evaluate(spoiler.with_members(weights=buffer.getvalue()), corpus)


def test_weights_of_another_model_are_told(spoiler: Spoiler, corpus: str) -> None:
    buffer = io.BytesIO()
    torch.save({"x": torch.zeros(1)}, buffer)
    text = refusal(spoiler.with_members(weights=buffer.getvalue()), corpus)
    assert "the weights do not fit the model that the config describes" in text
