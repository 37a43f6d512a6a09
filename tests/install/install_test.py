"""requirements/install.py: when an environment is made anew, and of what."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "requirements" / "install.py"


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module; it notes what it would install in place of doing so."""
    spec = importlib.util.spec_from_file_location("bluelmo_installer", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.done = []
    monkeypatch.setattr(module, "install", lambda venv, torch: module.done.append(torch))
    return module


def make(installer: ModuleType, *arguments: Any) -> list[str]:
    """Runs the script; gives the choices of torch that it installed with."""
    installer.done.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["install.py", *map(str, arguments)])
        installer.main()
    return list(installer.done)


class TestWhenAnEnvironmentIsMade:
    def test_once(self, installer: ModuleType, tmp_path: Path) -> None:
        assert make(installer, tmp_path / "env") == ["cuda"]
        assert make(installer, tmp_path / "env") == []

    def test_again_for_another_torch_which_it_then_keeps(
        self, installer: ModuleType, tmp_path: Path
    ) -> None:
        make(installer, tmp_path)
        assert make(installer, tmp_path, "cpu") == ["cpu"]
        assert make(installer, tmp_path) == []

    def test_again_for_another_lock_uv_python_or_place(
        self, installer: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        environment, pins = tmp_path / "env", tmp_path / "requirements"
        pins.mkdir()
        (pins / "lock.txt").write_text("a==1\n")
        (pins / "uv.txt").write_text("uv==1\n")
        make(installer, environment)
        monkeypatch.setattr(installer, "HERE", pins)
        assert make(installer, environment) == ["cuda"]
        for changed in ("lock.txt", "uv.txt"):
            (pins / changed).write_text("b==2\n")
            assert make(installer, environment) == ["cuda"]
            assert make(installer, environment) == []
        monkeypatch.setattr(sys, "executable", "/another/python")
        assert make(installer, environment) == ["cuda"]

    @pytest.mark.parametrize(
        "stop", [KeyboardInterrupt(), subprocess.CalledProcessError(2, ["uv", "pip"])]
    )
    def test_again_from_nothing_after_a_failure_with_the_same_torch(
        self,
        installer: ModuleType,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        stop: BaseException,
    ) -> None:
        def half(venv: Path, torch: str) -> None:
            (venv / "lib").mkdir()
            raise stop

        make(installer, tmp_path)
        with monkeypatch.context() as patch:
            patch.setattr(installer, "install", half)
            with pytest.raises(SystemExit, match="next make"):
                make(installer, tmp_path, "cpu")
        assert make(installer, tmp_path) == ["cpu"]
        assert not (tmp_path / "lib").exists()

    def test_again_if_killed_while_the_last_note_was_written(
        self, installer: ModuleType, tmp_path: Path
    ) -> None:
        make(installer, tmp_path)
        note = tmp_path / installer.INSTALLED
        note.write_text(note.read_text()[:-5])
        assert make(installer, tmp_path) == ["cuda"]

    def test_never_over_a_folder_of_the_users_own(
        self, installer: ModuleType, tmp_path: Path
    ) -> None:
        precious = tmp_path / "thesis.tex"
        precious.write_text("x")
        for folder in (tmp_path, precious):
            with pytest.raises(SystemExit, match="was not made by"):
                make(installer, folder)
        assert precious.read_text() == "x"

    def test_not_for_an_unknown_torch(self, installer: ModuleType, tmp_path: Path) -> None:
        with pytest.raises(SystemExit, match="TORCH=gpu is none of cuda, cpu, system"):
            make(installer, tmp_path / "env", "gpu")
        assert not (tmp_path / "env").exists()


class TestOfWhatItIsMade:
    def names(self, text: str) -> set[str]:
        return {line.partition("==")[0] for line in text.splitlines() if line[0] != "#"}

    def test_cuda_takes_the_whole_lock(self, installer: ModuleType) -> None:
        lock = SCRIPT.with_name("lock.txt").read_text(encoding="utf-8")
        assert installer.locked_requirements("cuda") == lock

    def test_cpu_leaves_out_what_only_the_cuda_build_needs(self, installer: ModuleType) -> None:
        left_out = self.names(installer.locked_requirements("cuda")) - self.names(
            installer.locked_requirements("cpu")
        )
        assert {"triton", "cuda-toolkit", "nvidia-cublas"} < left_out
        assert all(name.startswith(("nvidia-", "cuda-", "triton")) for name in left_out)

    def test_system_leaves_out_torch_and_torchvision_too(self, installer: ModuleType) -> None:
        left_out = self.names(installer.locked_requirements("cpu")) - self.names(
            installer.locked_requirements("system")
        )
        assert left_out == {"torch", "torchvision"}

    def test_a_torch_that_does_not_work_is_refused_in_one_line(
        self, installer: ModuleType, tmp_path: Path
    ) -> None:
        # A Python in which nothing is installed.
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path], check=True)
        with pytest.raises(SystemExit, match=r"^TORCH=system: .*No module named 'torch'.*$"):
            installer.check_torch(str(tmp_path / "bin" / "python"))
