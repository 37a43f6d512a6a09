"""`allennlp blue VERB`: one subcommand for all of bluelmo's own, each verb a module of its own."""

import argparse

from allennlp.commands.subcommand import Subcommand
from allennlp.common import Registrable


class Verb(Registrable):
    """
    What `allennlp blue NAME` does, registered by that name.

    A subclass says what it is for in `summary`. One that loads a user's own classes adds AllenNLP's
    option to its arguments with `add_include_package`.
    """

    summary: str
    """One line for the list of verbs."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declares the arguments that come after the verb."""
        raise NotImplementedError

    def run(self, args: argparse.Namespace) -> None:
        """Does the work. A user's mistake raises an `InputError`."""
        raise NotImplementedError


def add_include_package(parser: argparse.ArgumentParser) -> None:
    """Adds AllenNLP's option `--include-package`, whose packages its main function imports."""
    parser.add_argument(
        "--include-package",
        action="append",
        default=[],
        help="a package to import, which registers what the config names",
    )


@Subcommand.register("blue")
class Blue(Subcommand):
    """
    Gathers the registered verbs under `allennlp blue`.

    Registered as a `Subcommand` with name "blue".
    """

    requires_plugins = False  # it is a plugin itself, so they are imported by now

    def add_subparser(
        self, parser: "argparse._SubParsersAction[argparse.ArgumentParser]"
    ) -> argparse.ArgumentParser:
        """
        Adds `blue` and its verbs to the command line. Without a verb it prints the list of them;
        an unknown verb makes argparse list the known ones and exit with status 2.
        """
        description = "ELMo on the BLUE benchmark: all that is not train, evaluate or predict."
        blue = parser.add_parser(self.name, description=description, help=description)
        blue.set_defaults(func=lambda args: blue.print_help())
        verbs = blue.add_subparsers(title="Verbs", metavar="VERB")
        for name in sorted(Verb.list_available()):
            verb = Verb.by_name(name)()
            verb_parser = verbs.add_parser(name, description=verb.summary, help=verb.summary)
            verb.add_arguments(verb_parser)
            verb_parser.set_defaults(func=verb.run)
        return blue
