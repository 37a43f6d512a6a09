"""What the plugin adds to the start of a command."""

import json
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent

# What AllenNLP does before it imports plugins, then the plugin.
PROGRAM = """
import json, sys
from allennlp import commands
from allennlp.common import plugins
plugins.discover_plugins = lambda: []
plugins.import_plugins()
before = set(sys.modules)
import bluelmo_plugins
new = {name.split(".")[0] for name in set(sys.modules) - before}
# AllenNLP's search for modules takes the folders runs and sample, where they are, for packages.
print(json.dumps(sorted(name for name in new if getattr(sys.modules[name], "__file__", None))))
"""


def test_the_plugin_alone_imports_nothing_heavy() -> None:
    """AllenNLP needs ten seconds for what it imports; more must not be added to them in passing."""
    command = [sys.executable, "-c", PROGRAM]
    result = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    imported = set(json.loads(result.stdout.splitlines()[-1]))
    assert "bluelmo_plugins" in imported
    assert imported - sys.stdlib_module_names == {"bluelmo_plugins"}
