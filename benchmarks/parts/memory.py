"""Measures memory and disk usage of training."""

from benchmarks.corpora import batches_by_length, consecutive, sampled, write_portion
from benchmarks.process import allennlp, run
from benchmarks.setting import Setting
from benchmarks.tables import Json, Target, bytes_words, table
from benchmarks.training import Training

TITLE = "Memory and disk"

TASK = "bc5cdr-chem"
MOST_MEMORY, MOST_ARCHIVE = 1.5, 20.0

RUNS = (("ours", 512), ("ours", 1536), ("ours bf16", 512), ("stock", 128))
"""Variants and their numbers of training sentences."""


def measure(setting: Setting) -> Json:
    """Runs one epoch each on parts of BC5CDR-chem."""
    importing = run(allennlp("train", "--help"))
    return {
        "importing": {"anonymous": importing.anonymous, "mapped": importing.mapped},
        "runs": [_run(setting, way, setting.size(number, number // 8)) for way, number in RUNS],
    }


def _run(setting: Setting, way: str, number: int) -> Json:
    train = sampled(number) if way == "stock" else consecutive(number)
    corpora = write_portion(setting, TASK, f"memory {number}", train, batches_by_length(1))
    result = Training(setting, TASK, way, corpora, epochs=1).run()
    return {"train_rows": number, **result}


def targets(result: Json) -> list[Target]:
    """Returns the targets for the largest part in fp32."""
    ours = max(
        (each for each in result["runs"] if each["way"] == "ours"),
        key=lambda each: int(each["train_rows"]),
    )
    archive = ours["archive"] / 1e6
    return [
        memory_target(f"memory of training {TASK}, fp32", ours),
        Target(f"archive of {TASK}", archive, MOST_ARCHIVE, "MB", at_least=False),
    ]


def memory_target(what: str, run: Json) -> Target:
    """Returns the target for the anonymous memory of a run."""
    return Target(what, run["anonymous"] / 1e9, MOST_MEMORY, "GB", at_least=False)


def section(result: Json) -> list[str]:
    """Returns the table of the runs."""
    importing = result["importing"]
    nothing = [
        "`allennlp train --help`: imports only",
        "-",
        bytes_words(importing["anonymous"]),
        bytes_words(importing["mapped"]),
        "-",
        "-",
    ]
    rows = [
        [
            each["way"],
            f"{each['train_rows']:,}",
            *(bytes_words(each[key]) for key in ("anonymous", "mapped", "store", "archive")),
        ]
        for each in result["runs"]
    ]
    return [_TEXT, table(_HEAD, [nothing, *rows])]


_TEXT = (
    f"One epoch of `allennlp train` on parts of {TASK} and 64 sentences of its dev split, with an "
    "empty feature cache. Anonymous memory is not backed by a file; mapped pages (libraries and "
    "the cache) can be reclaimed at any time. Each value is the maximum of 50 samples per second."
)
_HEAD = ("variant", "train sentences", "anonymous", "mapped", "cache on disk", "archive")
