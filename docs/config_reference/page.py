"""The page: a table for each section of base.libsonnet, and a section for each kind of task."""

import re
from collections.abc import Iterable, Iterator

from bluelmo_plugins.report.markdown import markdown_table
from docs.config_reference.comments import CONFIGS, Block, blocks, files_of, library, tasks_of
from docs.config_reference.defaults import KINDS, Defaults

PAGE = CONFIGS.parent / "docs" / "config.md"

ENCODERS = ("seq2vec", "pool", "seq2seq")

NO_WORDS = ("pdrop", "pool")
"""Fields that a comment can only mean as such, beside those with an underscore or a digit."""

_FIELD_HEADER = ("field", "default", "values", "meaning")
_HEAD = """# Config reference

Every field of a config. This page is written by `make docs` from the comments in `configs/lib` and
from the configs: change those.

A config is a diff against its kind of task, and a variant a diff against a config, in a file of its
own beside it:

```jsonnet
(import 'ddi.jsonnet') + { pool:: 'max', lr:: 0.0005 }
```

- The fields here are hidden ones, with two colons. What AllenNLP reads is made of them, and can be
  changed, too, with one colon: `trainer+: { num_gradient_accumulation_steps: 2 }`.
- A misspelled field, key or value is an error that names the nearest known one. A value outside
  the column **values** is an error, and so is a field that does nothing for the task.
- `--overrides` of `allennlp train` reaches what AllenNLP reads, not the fields here.
- AllenNLP's own keys at the top of a config: %(keys)s.

**Default** is the value in `lib/base.libsonnet`, then that of the kinds of tasks and of the tasks
that have another, then what [`preset:: 'paper'`](parity.md#the-preset-paper) makes of it.
**(`--option`)** after a meaning is the option of elmoft.py, the original; [parity.md](parity.md)
says what it did there."""


def prose(comment: str, known: Iterable[str]) -> str:
    """A comment as Markdown: options, values in braces, fields and files are marked as such."""
    fields = [each for each in known if each in NO_WORDS or re.search(r"[_\d]", each)]
    # The longest first, since one may begin with another.
    names = "|".join(sorted(fields, key=len, reverse=True))
    marked = re.compile(
        rf"`[^`]*`|\{{[^}}]*\}}|(?<![\w-])--?[a-z][\w]*(?: [0N](?=\)))?|\b(?:null|true|false)(?=:)"
        rf"|(?<![\w/.])(?:{names})\b(?!\.\w)|\bdocs/(?P<page>[\w-]+\.md)|@\w+\$"
    )
    return marked.sub(_marked, comment).replace("|", "\\|")


def _marked(found: "re.Match[str]") -> str:
    page, text = found["page"], found[0]
    if page:
        return f"[{page}]({page})"
    return text if text.startswith("`") else f"`{text}`"


def field_rows(some: Iterable[Block], defaults: Defaults, place: str) -> list[tuple[str, ...]]:
    """The rows of the fields that are declared in a place."""
    known = defaults.values[place]
    return [
        (
            f"`{name}`",
            defaults.cell(name, place),
            defaults.domain(name, place),
            prose(block.comment, known) if name == block.names[0] else f"see `{block.names[0]}`",
        )
        for block in some
        for name in block.names
    ]


def base_part(defaults: Defaults) -> Iterator[str]:
    """The fields of all tasks, section by section."""
    sections: dict[str, list[Block]] = {}
    for block in blocks(library("base")):
        sections.setdefault(block.section or "Preset", []).append(block)
    for title, some in sections.items():
        yield f"## {title.split(',')[0]}"
        yield markdown_table(_FIELD_HEADER, field_rows(some, defaults, "base"), num_texts=4)
        if title == "Encoder":
            for name in ENCODERS:
                yield from encoder_part(name)


def encoder_part(name: str) -> Iterator[str]:
    """The encoders to choose from, where the comments say what each is."""
    table_of = rf"^((?:// .*\n)+)local {name} = \{{\n([\s\S]*?)\n\}};"
    found = re.search(table_of, library("encoders"), re.MULTILINE)
    assert found is not None, f"encoders.libsonnet has no table {name}"
    known = [*ENCODERS, "encoder_dim"]
    about = " ".join(line[3:] for line in found[1].splitlines())
    yield f"**`{name}`**: {prose(about, known)}"
    rows = [
        (", ".join(f"`{each}`" for each in block.names), prose(block.comment, known))
        for block in blocks(found[2], r"  '?([\w-]+)'?(?:\(size\))?: ")
        if block.comment
    ]
    if rows:
        yield markdown_table(("value", "what it is"), rows, num_texts=2)


def kind_part(kind: str, defaults: Defaults) -> Iterator[str]:
    """What is special about a kind of task."""
    files = files_of(kind)
    known, inert = defaults.values[kind], defaults.values[kind]["inert"]
    declared = [block for each in files for block in blocks(library(each))]
    own = [block for block in declared if not set(block.names) & set(defaults.values["base"])]
    question = re.match(r"// (.+(?:\n// .+)*)", library(kind))
    assert question is not None
    yield f"## {KINDS[kind]}"
    tasks = ", ".join(f"`{task}`" for task in tasks_of(kind))
    yield f"`lib/{kind}.libsonnet`, for {tasks}. {question[1].replace(chr(10) + '// ', ' ')}"
    if own:
        yield markdown_table(_FIELD_HEADER, field_rows(own, defaults, kind), num_texts=4)
    reasons = [
        f"- `{block.names[0]}`: {prose(block.comment, known)}"
        for block in declared
        if block not in own and block.comment and block.names[0] not in inert
    ]
    if reasons:
        yield "About fields above:"
        yield "\n".join(reasons)
    hints: dict[str, list[str]] = {}
    for name, hint in inert.items():
        hints.setdefault(prose(hint, known), []).append(f"`{name}`")
    yield (
        "Not for this kind: "
        + "; ".join(f"{', '.join(names)} ({hint})" for hint, names in hints.items())
        + "."
    )


def own_fields_part() -> Iterator[str]:
    """How a config declares a field that there is not yet, as closed.libsonnet says it."""
    found = re.search(r"\n\n((?://.*\n)+)function", library("closed"))
    assert found is not None
    lines = [line[3:] for line in found[1].splitlines()]
    example = [line[2:] for line in lines if line.startswith("  ")]
    before = lines[: lines.index(f"  {example[0]}")]
    yield "## A field of your own"
    yield " ".join(before).strip()
    lines = ["(import 'ddi.jsonnet') + {", *(f"  {each}" for each in example), "}"]
    yield "\n".join(["```jsonnet", *lines, "```"])


def make_page() -> str:
    """The page."""
    defaults = Defaults()
    listed = library("closed").split("local allennlp_keys = [")[1].split("]")[0]
    keys = ", ".join(f"`{key}`" for key in re.findall(r"'(\w+)'", listed))
    parts = [_HEAD % {"keys": keys}, *base_part(defaults)]
    for kind in KINDS:
        parts += kind_part(kind, defaults)
    return "\n\n".join([*parts, *own_fields_part()]) + "\n"
