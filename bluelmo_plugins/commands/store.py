"""`allennlp blue store show|prune|verify`: the features that are kept on disk."""

import argparse
import re
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Optional, TypeVar

from bluelmo_plugins.commands.blue import Verb
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules.feature_store import maintenance
from bluelmo_plugins.modules.feature_store.description import read_description
from bluelmo_plugins.modules.feature_store.files import is_store
from bluelmo_plugins.modules.feature_store.index import DamagedIndexError
from bluelmo_plugins.modules.feature_store_options import BILM_VERSION, default_directory

SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
DAMAGE_STATUS = 1

Result = TypeVar("Result")


@Verb.register("store")
class Store(Verb):
    """
    Shows, prunes and verifies the feature stores in a folder.

    Registered as a `Verb` with name "store".
    """

    summary = "Show, prune or verify the features that are kept on disk."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(title="Actions", metavar="ACTION", required=True)

        def add(
            name: str, action: Callable[[argparse.Namespace], None], text: str
        ) -> argparse.ArgumentParser:
            action_parser = actions.add_parser(name, help=text, description=text)
            action_parser.set_defaults(action=action)
            action_parser.add_argument(
                "names", metavar="NAME", nargs="*", help="a store, or how its name begins"
            )
            action_parser.add_argument(
                "--dir",
                type=Path,
                default=None,
                help="the folder of the stores (default: bluelmo in the user's cache folder)",
            )
            return action_parser

        add("show", show, "List the stores: of which ELMo, how large, when last used.")
        check = add("verify", check_all, "Read everything and say what is damaged; then status 1.")
        check.add_argument(
            "--repair", action="store_true", help="drop what is damaged, to be computed again"
        )
        prune = add("prune", prune_stores, "Say what could be removed; with --yes, remove it.")
        prune.add_argument(
            "--unused-for", metavar="TIME", type=_duration, help="stores not used for, say, 30d"
        )
        prune.add_argument(
            "--other-versions", action="store_true", help="stores that this version cannot use"
        )
        prune.add_argument("--all", action="store_true", help="all stores")
        prune.add_argument(
            "--damaged",
            action="store_true",
            help="of the other stores, what is damaged or left by killed runs",
        )
        prune.add_argument("--yes", action="store_true", help="do it")

    def run(self, args: argparse.Namespace) -> None:
        """Does it. A name that no store has raises an `InputError`; damage ends with status 1."""
        args.action(args)


def show(args: argparse.Namespace) -> None:
    """Lists the stores."""
    stores = _chosen(args)
    print(
        f"{_directory(args)}: {len(stores)} stores, {_size(sum(map(maintenance.size_of, stores)))}"
    )
    for store in stores:
        print(f"\n{store.name}", *_lines(store), sep="\n  ")


def check_all(args: argparse.Namespace) -> None:
    """Verifies the stores, and repairs them if asked to."""
    damaged = False
    for store in _chosen(args):
        if not is_store(store):
            print(f"{store.name}: of another version, not read")
            continue
        found = maintenance.verify(store)
        damaged |= not found.is_sound
        text = f"{found.num_sound:,} sentences are sound, {found.num_damaged:,} damaged"
        if found.trouble is not None:
            text = f"damaged as a whole: {found.trouble}"
        print(f"{store.name}: {text}; {_size(found.unused_bytes)} are of no sentence")
        if args.repair and not found.is_sound:
            left = _attempt(maintenance.repair, store)
            if left is not None:
                print(f"  repaired: {left:,} sentences are left; the others are computed again")
    if damaged:
        sys.exit(DAMAGE_STATUS)


def prune_stores(args: argparse.Namespace) -> None:
    """Says what the rules remove, and removes it if allowed to."""
    rules = [args.unused_for is not None, args.other_versions, args.all, args.damaged]
    if not args.names and not any(rules):
        raise InputError(
            "nothing says what to remove",
            expected="names of stores, --unused-for, --other-versions, --damaged or --all",
        )
    stores = _chosen(args)
    by_name = bool(args.names) and not any(rules)
    unwanted = [store for store in stores if by_name or _falls_under(store, args)]
    kept = [store for store in stores if store not in unwanted and is_store(store)]
    found = {store: maintenance.verify(store) for store in kept} if args.damaged else {}
    to_clean = [store for store, each in found.items() if not each.is_sound or each.unused_bytes]
    remnants = maintenance.remnants_in(_directory(args))
    for store in unwanted:
        print(
            f"{store.name}: remove, {_size(maintenance.size_of(store))}", *_lines(store), sep="\n  "
        )
    for store in to_clean:
        each = found[store]
        what = each.trouble or f"{each.num_damaged:,} damaged sentences"
        print(f"{store.name}: clean ({what}; {_size(each.unused_bytes)} are of no sentence)")
    for remnant in remnants:
        print(
            f"{remnant.name}: remove, left by a killed prune, {_size(maintenance.size_of(remnant))}"
        )
    if not unwanted and not to_clean and not remnants:
        print("There is nothing to remove.")
    elif args.yes or _confirmed():
        before = sum(map(maintenance.size_of, [*stores, *remnants]))
        for path in unwanted:
            _attempt(maintenance.remove, path)
        for path in to_clean:
            _attempt(maintenance.compact, path)
        for path in remnants:
            _attempt(shutil.rmtree, path)
        left = sum(maintenance.size_of(path) for path in [*stores, *remnants] if path.exists())
        print(f"Freed {_size(before - left)}.")
    else:
        print("Nothing was removed; with --yes it is.")


def _falls_under(store: Path, args: argparse.Namespace) -> bool:
    version = read_description(store).get("version", BILM_VERSION)
    return (
        args.all
        or (args.other_versions and (not is_store(store) or version != BILM_VERSION))
        or (
            args.unused_for is not None
            and time.time() - maintenance.last_used(store) > args.unused_for
        )
    )


def _lines(store: Path) -> list[str]:
    """What is known of a store, for people."""
    known = read_description(store)
    lines = []
    for kind in ("options", "weights"):
        if f"{kind}_file" in known:
            path = Path(str(known[f"{kind}_file"]))
            there = "" if path.exists() else " (no longer there)"
            digest = str(known.get(f"{kind}_sha256", "unknown"))[:12]
            lines.append(f"{kind}: {path}{there}, SHA-256 {digest}")
    how = [f"{key} {known[key]}" for key in ("compute", "precision", "version") if key in known]
    lines.append(", ".join(how) or "no description")
    lines.append(_contents(store))
    used = time.strftime("%Y-%m-%d %H:%M", time.localtime(maintenance.last_used(store)))
    lines.append(f"last used {used}" + (", in use now" if maintenance.is_in_use(store) else ""))
    return lines


def _contents(store: Path) -> str:
    size = _size(maintenance.size_of(store))
    if not is_store(store):
        return f"of another version, {size}"
    try:
        num_sentences, num_tokens = maintenance.totals(store)
    except (DamagedIndexError, OSError, sqlite3.Error) as error:
        return f"cannot be read ({error}), {size}; `allennlp blue store verify` tells more"
    tokens = "" if num_tokens is None else f", {num_tokens:,} tokens"
    return f"{num_sentences:,} sentences{tokens}, {size}"


def _directory(args: argparse.Namespace) -> Path:
    directory: Path = args.dir or default_directory()
    return directory


def _chosen(args: argparse.Namespace) -> list[Path]:
    """The stores of the names that were given, or all."""
    stores = maintenance.stores_in(_directory(args))
    for name in args.names:
        if not any(store.name.startswith(name) for store in stores):
            raise InputError(
                f"no store has a name that begins with '{name}'",
                file=_directory(args),
                expected=", ".join(store.name for store in stores) or "a folder with stores",
            )
    if not args.names:
        return stores
    return [store for store in stores if any(store.name.startswith(name) for name in args.names)]


def _attempt(work: Callable[[Path], Result], store: Path) -> Optional[Result]:
    """Does it, or says why it cannot be done; the others are done all the same."""
    try:
        return work(store)
    except TimeoutError:
        print(f"  {store.name}: left as it is, a process uses it")
    except (OSError, sqlite3.Error, DamagedIndexError) as error:
        print(f"  {store.name}: left as it is ({error})")
    return None


def _confirmed() -> bool:
    return sys.stdin.isatty() and input("Do it? [y/N] ").strip().lower() in ("y", "yes")


def _duration(text: str) -> float:
    match = re.fullmatch(r"(\d+)([mhdw])", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"'{text}' is no time such as 12h, 30d or 8w")
    return int(match[1]) * SECONDS[match[2]]


def _size(num_bytes: int) -> str:
    size, unit = float(num_bytes), "B"
    for larger in ("KB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
