"""What there is of an ELMo, without computing anything with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from bluelmo_plugins.corpora.checks.text import fact
from bluelmo_plugins.corpora.samples.folder import is_sample
from bluelmo_plugins.errors import listed
from bluelmo_plugins.modules.bilm import BiLmOptions, ElmoFileError, ElmoFiles, check_files

_SOURCE = (
    "the published ones from https://allenai.org/allennlp/software/elmo (one is trained on PubMed),"
)
_NAMES = "their two files put there under the names options.json and weights.hdf5"


@dataclass(frozen=True)
class ElmoFindings:
    """The two files of an ELMo, their options if they can be used, and the error if not."""

    files: ElmoFiles
    """The two files, as the config asks for them."""
    options: Optional[BiLmOptions]
    """What they hold; `None` if they cannot be used."""
    error: Optional[ElmoFileError]
    """Why they cannot."""

    @property
    def folder(self) -> Path:
        """Where the weights are."""
        return Path(self.files.weights).parent

    @property
    def is_missing(self) -> bool:
        """Whether neither file is there."""
        return not any(Path(file).exists() for file in (self.files.options, self.files.weights))

    @property
    def is_sample(self) -> bool:
        """Whether the files are those of `allennlp blue sample`."""
        return not self.is_missing and is_sample(self.folder)


def inspect_elmo(files: ElmoFiles) -> ElmoFindings:
    """Holds the two files of an ELMo against each other; no weights are read into memory."""
    try:
        return ElmoFindings(files, check_files(files), None)
    except ElmoFileError as error:
        return ElmoFindings(files, None, error)


def elmo_block(findings: ElmoFindings) -> str:
    """What the check says about an ELMo."""
    title = f"ELMo{' [sample ELMo]' if findings.is_sample else ''}: {findings.folder}"
    return "\n".join([title, *_facts(findings)])


def _facts(findings: ElmoFindings) -> Iterator[str]:
    if findings.options is None:
        yield from _what_is_wrong(findings)
        return
    options, files = findings.options, findings.files
    widths = [width for width, _ in options.filters]
    yield from fact(
        "layers",
        f"{options.num_layers}: the token layer and {options.num_lstm_layers} LSTM layers",
    )
    yield from fact(
        "a token",
        f"{options.output_dim:,} numbers a layer, {options.projection_dim:,} of each direction",
    )
    yield from fact(
        "inside",
        f"{options.cell_dim:,} cells in each LSTM; {options.num_filters:,} filters over "
        f"{min(widths)} to {max(widths)} characters; highway layers: {options.num_highways}",
    )
    megabytes = Path(files.weights).stat().st_size / 1e6
    yield from fact("weights", f"{megabytes:,.1f} MB, which fit the options")
    names = [Path(file).name for file in (files.options, files.weights)]
    width = max(map(len, names))
    yield from fact(
        "SHA-256",
        *(f"{name:{width}} {digest}" for name, digest in zip(names, files.digests, strict=True)),
    )


def _what_is_wrong(findings: ElmoFindings) -> Iterator[str]:
    folder = findings.folder
    if not findings.is_missing:
        yield from fact("broken", str(findings.error))
    elif not folder.is_dir():
        yield from fact("missing", f"there is no folder {folder}")
    else:
        names = sorted(path.name for path in folder.iterdir())
        wanted = " and ".join(
            Path(file).name for file in (findings.files.options, findings.files.weights)
        )
        yield from fact("missing", f"no {wanted}; the folder holds {listed(names) or 'nothing'}")
    yield from fact("get it", _SOURCE, _NAMES)
