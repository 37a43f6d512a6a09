"""`python -m study.full_table`: trains every available corpus and writes docs/results.md."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.machine import REPOSITORY
from study.estimate import estimate_table
from study.trial import SHARED

PAGE = REPOSITORY / "docs" / "results.md"

GROUPS = {
    "blue": ("bc5cdr-chem", "bc5cdr-dz", "ddi", "hoc", "biosses"),
    "blue-standins": ("clnclsts", "mednli"),
}
"""The folders of corpora and their configs."""

SURROGATES = {
    "clinicalSTS": "STS headlines, general English",
    "mednli": "SICK, general English",
}

_HEAD = """# Results

A small biLM scores below the published ELMo on every task measured. **These are not scores of the
PubMed ELMo**, which was not available to us; they show that all steps work and how much scores vary
between seeds.

## A small biLM on the available corpora

The biLM has 2 layers of 512 cells, 256 features per layer and 2.7 million weights, and was trained
for an hour on biomedical text (the PubMed ELMo: 2 layers of 4096 cells, 94 million weights).
ChemProt and the corpora on request are missing. Surrogate corpora of general English in the formats
of MedSTS and MedNLI are below the ten tasks. The train and dev split of DDI are our own division
(BLUE's was not found); its test split is the official one. `make results` makes this page with
`allennlp blue seeds` and `allennlp blue report`; do not edit it."""

_COMMAND = """## Your own table

With the PubMed ELMo and all ten corpora (sources: README.md), one command trains and evaluates
every task over three seeds, and a second one makes the table:

```
allennlp blue seeds configs/*.jsonnet -s runs/table --seeds 3
allennlp blue report runs/table --output report
```

Your own variants in `configs` are trained as well. If the first command is interrupted, run it
again to resume. The table estimates its time on two CPU cores from the measurements in
[speed.md](speed.md). ELMo's features are computed once for all seeds, and the two BC5CDR tasks
share them:"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog="python -m study.full_table", description=__doc__)
    parser.add_argument("--seeds", default="3", help="as for `allennlp blue seeds`")
    parser.add_argument("--page-only", action="store_true", help="train nothing")
    parser.add_argument("--runs", type=Path, default=REPOSITORY / "runs" / "results")
    parser.add_argument("--page", type=Path, default=PAGE, help="page to write")
    args = parser.parse_args(arguments)
    if not args.page_only:
        for folder, configs in GROUPS.items():
            _train(folder, configs, args.runs, args.seeds)
    write_page(args.runs, args.page)
    print(f"Wrote {args.page}")


def _train(folder: str, configs: Sequence[str], runs: Path, seeds: str) -> None:
    command = [sys.executable, "-m", "allennlp", "blue", "seeds"]
    command += [f"configs/{config}.jsonnet" for config in configs]
    command += ["-s", str((runs / folder).resolve()), "--seeds", seeds]
    files = {
        "ELMO_DIR": str(SHARED / "elmo-pubmed-small"),
        "DATASET_DIR": str(SHARED / folder),
    }
    subprocess.run(command, cwd=REPOSITORY, env={**os.environ, **files}, check=True)


def write_page(runs: Path, page: Path) -> None:
    """Writes the page of the runs, and its picture into a folder with its name."""
    from bluelmo_plugins.report.blue_table import make_table
    from bluelmo_plugins.report.formats import as_markdown
    from bluelmo_plugins.report.picture import DOTS_PER_INCH, table_figure
    from bluelmo_plugins.report.runs.run import find_runs

    table = make_table(find_runs([runs]), SURROGATES)
    picture = page.parent / page.stem / "blue.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    table_figure(table).savefig(picture, dpi=DOTS_PER_INCH, metadata={"Software": None})
    blocks = [
        _HEAD,
        as_markdown(table),
        f"![The table as a picture]({page.stem}/{picture.name})",
        _COMMAND,
        estimate_table(),
    ]
    page.write_text("\n\n".join(blocks) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
