"""Creates the environment of the Makefile's targets; called by `make install`.

The environment contains two notes with the requested configuration: one is written at the start,
one at the end. They show whether the installation is complete and still the requested one.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
WANTED = "bluelmo-wanted.json"
INSTALLED = "bluelmo-installed.json"
TORCH_CHOICES = {
    "cuda": "torch as the package registry has it, on Linux the CUDA build",
    "cpu": "the CPU build of torch from the torch project's own index",
    "system": "the torch and torchvision that the Python already has",
}
# What the lock lists for the sake of the CUDA build alone.
CUDA_ONLY = re.compile(r"(nvidia|cuda)-|triton\b")
TORCH_PAIR = re.compile(r"(torch|torchvision)\b")
TORCH_CHECK = """
import torch, torchvision
torchvision.ops.nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
"""
COMPLETE_CHECK = """
import allennlp.commands, allennlp_models, h5py, _jsonnet, spacy, torch
print("torch", torch.__version__, "sees", torch.cuda.device_count(), "GPUs")
"""


def wanted(torch: str) -> dict[str, str]:
    """What decides whether an environment is still the right one."""
    pins = (HERE / "lock.txt").read_bytes() + (HERE / "uv.txt").read_bytes()
    return {
        "torch": torch,
        "python": f"{os.path.realpath(sys.executable)} {sys.version_info[0]}.{sys.version_info[1]}",
        "lock": hashlib.sha256(pins).hexdigest(),
        # The scripts of an environment name its folder: it cannot be moved.
        "checkout": str(HERE.parent),
    }


def noted(note: Path) -> dict[str, str]:
    """The content of one of the two notes; empty if it was never written, or not to its end."""
    try:
        return dict(json.loads(note.read_text()))
    except (OSError, ValueError):
        return {}


def locked_requirements(torch: str) -> str:
    """The lines of the lock that are to be installed with this choice of torch."""
    left_out = {"cuda": [], "cpu": [CUDA_ONLY], "system": [CUDA_ONLY, TORCH_PAIR]}[torch]
    lines = (HERE / "lock.txt").read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not any(part.match(line) for part in left_out))


def begin(venv: Path, note: dict[str, str]) -> None:
    """Leaves nothing in the folder but the first note; refuses to where it is none of ours."""
    if venv.exists() and not (venv / WANTED).exists() and (venv.is_file() or any(venv.iterdir())):
        raise SystemExit(f"{venv} was not made by `make install`: remove it or choose another VENV")
    venv.mkdir(parents=True, exist_ok=True)
    (venv / INSTALLED).unlink(missing_ok=True)
    (venv / WANTED).write_text(json.dumps(note))
    for entry in venv.iterdir():
        if entry.name == WANTED:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def check_torch(python: str) -> None:
    """Stops with one line if torch and torchvision are not there or do not fit each other."""
    result = subprocess.run([python, "-c", TORCH_CHECK], capture_output=True, text=True)
    if result.returncode != 0:
        reason = result.stderr.strip().rpartition("\n")[2]
        raise SystemExit(
            f"TORCH=system: {sys.executable} has no working pair of torch and torchvision "
            f"({reason}): install the two that belong together there, or choose TORCH=cuda or cpu"
        )


def install(venv: Path, torch: str) -> None:
    """Fills the empty folder `venv`; raises `CalledProcessError` where a step fails."""

    def run(*command: str | Path) -> None:
        subprocess.run(list(map(str, command)), check=True)

    python = str(venv / "bin" / "python")
    system = ["--system-site-packages"] if torch == "system" else []
    run(sys.executable, "-m", "venv", *system, venv)
    if torch == "system":
        check_torch(python)

    requirements = venv / "requirements.txt"
    requirements.write_text(locked_requirements(torch))
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    run(*pip, "install", "--requirement", HERE / "uv.txt")
    # The lock is complete, and overrides.txt says which packages contradict each other: so nothing
    # is resolved again.
    uv = [str(venv / "bin" / "uv"), "pip", "install", "--no-deps", "--python", python]
    backend = ["--torch-backend", "cpu"] if torch == "cpu" else []
    run(*uv, *backend, "--requirement", requirements)

    # allennlp_models looks for this folder at every start and tries a download where it is missing.
    (venv / "nltk_data" / "tokenizers" / "punkt").mkdir(parents=True)
    run(python, "-c", COMPLETE_CHECK)


def main() -> None:
    """The command line; the Makefile documents it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("venv", type=Path)
    parser.add_argument("torch", nargs="?", help=f"one of {', '.join(TORCH_CHOICES)}")
    options = parser.parse_args()
    venv = options.venv

    # Once made, an environment keeps its torch until another one is asked for.
    torch = options.torch or noted(venv / WANTED).get("torch", "cuda")
    if torch not in TORCH_CHOICES:
        raise SystemExit(f"TORCH={torch} is none of {', '.join(TORCH_CHOICES)}")
    note = wanted(torch)
    if noted(venv / INSTALLED) == note:
        return

    begin(venv, note)
    print(f"Installing into {venv}, with {TORCH_CHOICES[torch]}", flush=True)
    try:
        install(venv, torch)
    except KeyboardInterrupt:
        raise SystemExit("Interrupted: the next make starts over.") from None
    except subprocess.CalledProcessError as error:
        step = " ".join(error.cmd)
        raise SystemExit(f"Failed: {step}\nThe next make starts over.") from None
    (venv / INSTALLED).write_text(json.dumps(note))


if __name__ == "__main__":
    main()
