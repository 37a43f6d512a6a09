"""What stands in for trainings, and how `allennlp blue seeds` is run."""

import argparse
from pathlib import Path

from bluelmo_plugins.commands.seeds import Seeds

# Stands in for `allennlp train`: writes what that would, with the dev score 0.1 * seed.
TRAINER = """
import json, pathlib, sys
config, directory = json.loads(sys.argv[1]), pathlib.Path(sys.argv[2])
directory.mkdir(parents=True, exist_ok=True)
(directory / "config.json").write_text(json.dumps(config))
score = config["random_seed"] / 10
(directory / "metrics.json").write_text(json.dumps({"best_validation_blue": score}))
(directory / "model.tar.gz").write_text(f"{config['random_seed']} {sys.argv[3:]}")
"""
FAILING = TRAINER.replace("import json, pathlib", "sys = __import__('sys'); sys.exit(3)\n#")
# As if the user pressed Ctrl-C in the middle of the second seed.
INTERRUPTING = f"""
import json, os, signal, sys, time
if json.loads(sys.argv[1])["random_seed"] == 2:
    os.kill(os.getppid(), signal.SIGINT)
    time.sleep(60)
{TRAINER}
"""


def run(*arguments: object) -> None:
    parser = argparse.ArgumentParser()
    seeds = Seeds()
    seeds.add_arguments(parser)
    seeds.run(parser.parse_args([str(argument) for argument in arguments]))


def trained(directory: Path) -> dict[str, str]:
    """What each training was told."""
    return {path.parent.name: path.read_text() for path in directory.glob("*/model.tar.gz")}
