"""`python -m benchmarks`: measures, saves the results and writes docs/speed.md."""

import argparse
import json
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks import machine
from benchmarks.machine import REPOSITORY, commit, is_installed, make_importable
from benchmarks.page import PAGE, PARTS, RESULTS, part, result_file, write_page
from benchmarks.setting import Setting, make_setting
from benchmarks.tables import Json

WITHOUT_ALLENNLP = ("first_pass", "growth")
"""The parts that need no AllenNLP."""

ON_GPU = ("first_pass", "twenty_epochs")
"""The parts that can measure a GPU."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command. Raises `SystemExit` for an unknown part."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all")
    parser.add_argument("--quick", action="store_true", help="try the benchmark in a few minutes")
    parser.add_argument("--page-only", action="store_true", help="only write the page")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--elmo", type=Path, help="folder of an ELMo, instead of a random one")
    parser.add_argument("--work", type=Path, default=REPOSITORY / "runs" / "benchmarks")
    parser.add_argument("--results", type=Path, help="folder of the JSON files")
    parser.add_argument("--page", type=Path, help="page to write")
    args = parser.parse_args(arguments)
    parts = _parts(args.device)
    unknown = [name for name in args.parts if name not in parts]
    if unknown:
        parser.error(f"unknown part '{unknown[0]}' on this device: choose from {', '.join(parts)}")
    # A trial must not overwrite the measurements.
    results = args.results or (args.work / "trial" if args.quick else RESULTS)
    page = args.page or (args.work / "trial" / "speed.md" if args.quick else PAGE)
    if not args.page_only:
        make_importable()
        args.work.mkdir(parents=True, exist_ok=True)
        # Before the results change the working tree.
        measured = commit(mark=", changed")
        setting = make_setting(args.work, args.quick, args.device, args.elmo)
        for name in args.parts or parts:
            _keep(results / result_file(name, args.device), _measure(name, setting, measured))
    write_page(results, page)
    print(f"Wrote {page}")


def _parts(device: str) -> list[str]:
    """Returns the parts that this machine can measure."""
    return [
        name
        for name in PARTS
        if (is_installed("allennlp") or name in WITHOUT_ALLENNLP)
        and (device == "cpu" or name in ON_GPU)
    ]


def _measure(name: str, setting: Setting, measured: str) -> Json:
    print(f"Measuring: {part(name).TITLE}", flush=True)
    start = time.time()
    result = part(name).measure(setting)
    return {
        "part": name,
        "date": date.today().isoformat(),
        "command": _command(name, setting),
        "commit": measured,
        "seconds": time.time() - start,
        "machine": machine.words(),
        "setting": setting.words(),
        "result": result,
    }


def _command(name: str, setting: Setting) -> str:
    if setting.device.type != "cpu":
        return f"python -m benchmarks {name} --device {setting.device.type}"
    return f"make benchmark PART={name}{' QUICK=1' if setting.quick else ''}"


def _keep(file: Path, run: Json) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
