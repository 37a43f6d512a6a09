"""
bluelmo: pre-trained ELMo on the BLUE biomedical benchmark, as plugins of AllenNLP.

Importing this package imports all of its modules, so that every registered class is known.
"""

from allennlp.common.util import import_module_and_submodules

import_module_and_submodules(__name__)

from bluelmo_plugins import cli, patches  # noqa: E402  importing them needs the package

patches.install()
cli.install()
