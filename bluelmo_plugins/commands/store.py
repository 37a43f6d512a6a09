"""`allennlp blue store`: looks after the feature caches."""

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
from bluelmo_plugins.modules.elmo import feature_cache_maintenance as maintenance
from bluelmo_plugins.modules.elmo.feature_cache import DamagedCacheError, read_description
from bluelmo_plugins.modules.elmo.feature_cache_options import FEATURE_VERSION, default_directory

SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
DAMAGE_STATUS = 1

Result = TypeVar("Result")


@Verb.register("store")
class Store(Verb):
    """
    Shows, verifies and prunes the feature caches in a folder.

    Registered as a `Verb` with name "store".
    """

    summary = "Show, verify or prune the feature caches on disk."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(title="Actions", metavar="ACTION", required=True)

        def add(
            name: str, action: Callable[[argparse.Namespace], None], text: str
        ) -> argparse.ArgumentParser:
            action_parser = actions.add_parser(name, help=text, description=text)
            action_parser.set_defaults(action=action)
            action_parser.add_argument(
                "names", metavar="NAME", nargs="*", help="a cache, or the beginning of its name"
            )
            action_parser.add_argument(
                "--dir",
                type=Path,
                default=None,
                help="the folder of the caches (default: bluelmo in the user's cache folder)",
            )
            return action_parser

        add("show", show, "List the caches: their ELMo, size and last use.")
        check = add("verify", check_all, "Read all features; exit with status 1 if any is damaged.")
        check.add_argument(
            "--repair", action="store_true", help="drop damaged features, to be computed again"
        )
        prune = add("prune", prune_caches, "List what can be removed; with --yes, remove it.")
        prune.add_argument(
            "--unused-for", metavar="TIME", type=_duration, help="caches not used for, say, 30d"
        )
        prune.add_argument(
            "--other-versions", action="store_true", help="caches that this version cannot use"
        )
        prune.add_argument("--all", action="store_true", help="all caches")
        prune.add_argument(
            "--damaged", action="store_true", help="damaged features of the other caches"
        )
        prune.add_argument("--yes", action="store_true", help="remove without asking")

    def run(self, args: argparse.Namespace) -> None:
        """Runs the action. A name that no cache has raises an `InputError`."""
        args.action(args)


def show(args: argparse.Namespace) -> None:
    """Lists the caches."""
    caches = _chosen(args)
    size = _size(sum(map(maintenance.size_of, caches)))
    print(f"{_directory(args)}: {len(caches)} cache{'' if len(caches) == 1 else 's'}, {size}")
    for cache in caches:
        print(f"\n{cache.name}", *_lines(cache), sep="\n  ")


def check_all(args: argparse.Namespace) -> None:
    """Verifies the caches, and repairs them if asked to."""
    is_damaged = False
    for cache in _chosen(args):
        if _is_of_another_version(cache):
            print(f"{cache.name}: of another version, not read")
            continue
        found = _attempt(maintenance.verify, cache)
        if found is None:
            is_damaged = True
            continue
        print(f"{cache.name}: {_state(found)}")
        if not found.is_sound:
            is_damaged = True
            if args.repair and (left := _attempt(maintenance.repair, cache)) is not None:
                print(f"  repaired: {left:,} sentences are left; the others are computed again")
    if is_damaged:
        sys.exit(DAMAGE_STATUS)


def prune_caches(args: argparse.Namespace) -> None:
    """Lists what the rules remove, and removes it if allowed to."""
    has_rule = args.unused_for is not None or args.other_versions or args.all or args.damaged
    if not args.names and not has_rule:
        raise InputError(
            "nothing says what to remove",
            expected="names of caches, --unused-for, --other-versions, --damaged or --all",
        )
    caches = _chosen(args)
    unwanted = [cache for cache in caches if not has_rule or _falls_under(cache, args)]
    damaged = {
        cache: found
        for cache in (caches if args.damaged else [])
        if cache not in unwanted and not _is_of_another_version(cache)
        if (found := _attempt(maintenance.verify, cache)) is not None and not found.is_sound
    }
    remnants = maintenance.remnants_in(_directory(args))
    for cache in unwanted:
        size = _size(maintenance.size_of(cache))
        print(f"{cache.name}: remove, {size}", *_lines(cache), sep="\n  ")
    for cache, found in damaged.items():
        print(f"{cache.name}: repair ({_state(found)})")
    for remnant in remnants:
        size = _size(maintenance.size_of(remnant))
        print(f"{remnant.name}: remove, left by a killed prune, {size}")
    if not unwanted and not damaged and not remnants:
        print("There is nothing to remove.")
    elif args.yes or _confirmed():
        before = sum(map(maintenance.size_of, [*caches, *remnants]))
        for path in unwanted:
            _attempt(maintenance.remove, path)
        for path in damaged:
            if _attempt(maintenance.repair, path) is not None:
                _attempt(maintenance.shrink, path)
        for path in remnants:
            _attempt(shutil.rmtree, path)
        left = sum(maintenance.size_of(path) for path in [*caches, *remnants] if path.exists())
        print(f"Freed {_size(before - left)}.")
    else:
        print("Nothing was removed. Add --yes to remove it.")


def _falls_under(cache: Path, args: argparse.Namespace) -> bool:
    unused_for = time.time() - maintenance.last_used(cache)
    return (
        args.all
        or (args.other_versions and _is_of_another_version(cache))
        or (args.unused_for is not None and unused_for > args.unused_for)
    )


def _is_of_another_version(cache: Path) -> bool:
    return read_description(cache).get("version", FEATURE_VERSION) != FEATURE_VERSION


def _lines(cache: Path) -> list[str]:
    """Returns what `show` prints below the name of a cache."""
    known = read_description(cache)
    lines = []
    for kind in ("options", "weights"):
        if f"{kind}_file" in known:
            path = Path(str(known[f"{kind}_file"]))
            there = "" if path.exists() else " (no longer there)"
            digest = str(known.get(f"{kind}_sha256", "unknown"))[:12]
            lines.append(f"{kind}: {path}{there}, SHA-256 {digest}")
    how = [f"{key} {known[key]}" for key in ("compute", "precision", "version") if key in known]
    lines.append(", ".join(how) or "no description")
    lines.append(_contents(cache))
    used = time.strftime("%Y-%m-%d %H:%M", time.localtime(maintenance.last_used(cache)))
    lines.append(f"last used {used}" + (", in use now" if maintenance.is_in_use(cache) else ""))
    return lines


def _contents(cache: Path) -> str:
    size = _size(maintenance.size_of(cache))
    if _is_of_another_version(cache):
        return f"of another version, {size}"
    try:
        num_sentences, num_tokens = maintenance.totals(cache)
    except (DamagedCacheError, OSError, sqlite3.Error) as error:
        return f"cannot be read ({error}), {size}. Run `allennlp blue store verify`"
    tokens = "" if num_tokens is None else f", {num_tokens:,} tokens"
    return f"{num_sentences:,} sentences{tokens}, {size}"


def _state(found: maintenance.Findings) -> str:
    if found.error is not None:
        return f"the database is damaged: {found.error}"
    return f"{found.num_sound:,} sentences are sound, {found.num_damaged:,} damaged"


def _directory(args: argparse.Namespace) -> Path:
    directory: Path = args.dir or default_directory()
    if args.dir is not None and not directory.is_dir():
        raise InputError("there is no such folder", file=directory, hint="Name another with --dir")
    return directory


def _chosen(args: argparse.Namespace) -> list[Path]:
    """Returns the caches whose names begin as given, or all."""
    caches = maintenance.caches_in(_directory(args))
    for name in args.names:
        if not any(cache.name.startswith(name) for cache in caches):
            raise InputError(
                f"no cache has a name that begins with '{name}'",
                file=_directory(args),
                expected=", ".join(cache.name for cache in caches) or "a folder with caches",
            )
    return [cache for cache in caches if cache.name.startswith(tuple(args.names) or "")]


def _attempt(work: Callable[[Path], Result], cache: Path) -> Optional[Result]:
    """Returns the result, or prints why there is none."""
    try:
        return work(cache)
    except TimeoutError:
        print(f"  {cache.name}: left as it is, a process uses it")
    except (OSError, sqlite3.Error, DamagedCacheError) as error:
        print(f"  {cache.name}: left as it is ({error})")
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
