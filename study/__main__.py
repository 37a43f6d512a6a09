"""`python -m study`: runs the missing trials and writes the page."""

import argparse
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from benchmarks.machine import REPOSITORY, commit
from study.factors import BASE
from study.page import PAGE, compare_all, write_page
from study.parity import PARITY, write_effects
from study.plan import STUDIES, Study
from study.results import RESULTS, find, keep, read_results
from study.trial import SHARED, Trial


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command. Raises `SystemExit` for an unknown study or missing corpora."""
    parser = argparse.ArgumentParser(prog="python -m study", description=__doc__)
    parser.add_argument("studies", nargs="*", metavar="STUDY", help=f"of {', '.join(STUDIES)}; all")
    parser.add_argument("--minutes", type=float, help="start no trial after this many minutes")
    parser.add_argument("--page-only", action="store_true", help="only write the page")
    parser.add_argument("--work", type=Path, default=REPOSITORY / "runs" / "study")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the results")
    parser.add_argument("--page", type=Path, default=PAGE, help="page to write")
    parser.add_argument("--parity", type=Path, default=PARITY, help="page with the effects")
    args = parser.parse_args(arguments)
    unknown = [name for name in args.studies if name not in STUDIES]
    if unknown:
        parser.error(f"unknown study '{unknown[0]}': choose from {', '.join(STUDIES)}")
    studies = [STUDIES[name] for name in args.studies or STUDIES]
    if not args.page_only:
        if not (SHARED / "blue").is_dir():
            parser.error(f"the corpora are missing: {SHARED / 'blue'} (study/corpora.py)")
        deadline = None if args.minutes is None else time.time() + 60 * args.minutes
        _train(studies, args.work, args.results, deadline)
    found = compare_all(args.results)
    write_page(found, args.page)
    write_effects(found, args.parity)
    print(f"Wrote {args.page} and {args.parity}")


def _train(studies: Sequence[Study], work: Path, results: Path, deadline: float | None) -> None:
    import bluelmo_plugins  # noqa: F401  registers the plugins

    origin = {"date": date.today().isoformat(), "commit": commit()}
    for trial in _trials(studies):
        key = trial.key
        if find(key, read_results(trial.study.name, results)):
            continue
        if deadline is not None and time.time() > deadline:
            print("Time is up; run the same command again to resume.")
            return
        with _without_log():
            found = trial.run(work)
        keep({**key, **found, **origin}, results)
        words = f"{trial.study.name}, {trial.variant.name}, {trial.replicate}"
        print(f"{words}: {found['score']} in {found['seconds']} s", flush=True)


@contextmanager
def _without_log() -> Iterator[None]:
    """Silences the logs of the trainings."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def _trials(studies: Sequence[Study]) -> Iterator[Trial]:
    """Yields the first replicate of all studies before the second of any."""
    for place in range(max(study.replicates for study in studies)):
        for study in studies:
            for replicate in study.numbers[place : place + 1]:
                for variant in (BASE, *study.variants):
                    yield Trial(study, variant, replicate)


if __name__ == "__main__":
    main()
