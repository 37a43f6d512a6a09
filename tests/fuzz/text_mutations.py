"""Mutations of text files: truncated, re-encoded, shuffled, repeated, with garbage inserted."""

import random
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]

GARBAGE = [
    b"\0", b"\xff", b"\xe9", b"\xc3", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\n", b"\n\n", b"\t",
    b"\t\t", b'"', b'""', b'"""', b'\t"', b'"\t', b"'", b"\\", b",", b";", b" ", b"\xc2\xa0",
    b"\xe2\x80\xa8", b"\x0c", b"\x1b[31m", b"nan", b"inf", b"-inf", b"-1", b"1e999", b"9" * 500,
    b"0x10", b"1_000", "٣".encode(), "²".encode(), "类别".encode(), "метка".encode(),
    "\u200b".encode(), "\U0001f9ec".encode(), b"{", b"}", b"[", b"null", b"B-", b"I-Other",
    b"###", b"-DOCSTART-", b"index\tsentence\tlabel", b"0_0,1_1", b"@DRUG$", b"@", b"$",
]  # fmt: skip


def _lines(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True) or [content]


def cut(content: bytes, choice: random.Random) -> bytes:
    return content[: choice.randrange(len(content) + 1)]


def lose_the_beginning(content: bytes, choice: random.Random) -> bytes:
    return content[choice.randrange(len(content) + 1) :]


def insert_garbage(content: bytes, choice: random.Random) -> bytes:
    place = choice.randrange(len(content) + 1)
    return content[:place] + choice.choice(GARBAGE) + content[place:]


def replace_a_field(content: bytes, choice: random.Random) -> bytes:
    lines = _lines(content)
    number = choice.randrange(len(lines))
    body = lines[number].rstrip(b"\r\n")
    fields = body.split(b"\t")
    fields[choice.randrange(len(fields))] = choice.choice([*GARBAGE, b"", choice.choice(fields)])
    lines[number] = b"\t".join(fields) + lines[number][len(body) :]
    return b"".join(lines)


def change_columns(content: bytes, choice: random.Random) -> bytes:
    """Drops, repeats, swaps or empties a column, in all lines or in some."""
    kind, place, other = choice.randrange(4), choice.randrange(5), choice.randrange(5)
    share = choice.choice([1.0, 1.0, 0.1])
    lines = []
    for line in _lines(content):
        body = line.rstrip(b"\r\n")
        fields = body.split(b"\t")
        if max(place, other) < len(fields) and choice.random() < share:
            if kind == 0:
                del fields[place]
            elif kind == 1:
                fields.insert(other, fields[place])
            elif kind == 2:
                fields[place], fields[other] = fields[other], fields[place]
            else:
                fields[place] = b""
        lines.append(b"\t".join(fields) + line[len(body) :])
    return b"".join(lines)


def rename_the_header(content: bytes, choice: random.Random) -> bytes:
    names = [
        b"index", b"id", b"sentence", b"sentence1", b"sentence2", b"label", b"labels", b"score"
    ]  # fmt: skip
    first, *others = _lines(content)
    fields = first.rstrip(b"\r\n").split(b"\t")
    fields[choice.randrange(len(fields))] = choice.choice([*names, b"LABEL ", b"", b"x", *GARBAGE])
    return b"\t".join(fields) + b"\n" + b"".join(others)


def shuffle_lines(content: bytes, choice: random.Random) -> bytes:
    lines = _lines(content)
    choice.shuffle(lines)
    return b"".join(lines)


def repeat_lines(content: bytes, choice: random.Random) -> bytes:
    lines = _lines(content)
    place = choice.randrange(len(lines))
    lines[place:place] = choice.choices(lines, k=choice.choice([1, 1, 5]))
    return b"".join(lines)


def drop_lines(content: bytes, choice: random.Random) -> bytes:
    return b"".join(line for line in _lines(content) if choice.random() < 0.7)


def add_blank_lines(content: bytes, choice: random.Random) -> bytes:
    blanks = [b"\n", b"\r\n", b" \n", b"\t\n", b"\t\t\t\n", b"\xc2\xa0\n"]
    return b"".join(
        line + (choice.choice(blanks) if choice.random() < 0.1 else b"") for line in _lines(content)
    )


def mix_line_ends(content: bytes, choice: random.Random) -> bytes:
    ends = choice.choice([[b"\r"], [b"\r\n"], [b"\n", b"\r\n"], [b"\n", b"\r"], [b"\r\r\n"]])
    return b"".join(line.rstrip(b"\r\n") + choice.choice(ends) for line in _lines(content))


def recode(content: bytes, choice: random.Random) -> bytes:
    text = content.decode("utf-8", "replace") + choice.choice(["", "", "é", "‰"])
    codecs = [
        "latin-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "utf-7",
        "gb18030", "cp037",
    ]  # fmt: skip
    return text.encode(choice.choice(codecs), "replace")


def quote(content: bytes, choice: random.Random) -> bytes:
    """Adds quotes around fields, doubled inside or not, closed or not."""
    share = choice.choice([1.0, 0.3, 0.02])
    lines = []
    for line in _lines(content):
        body = line.rstrip(b"\r\n")
        fields = body.split(b"\t")
        for number, field in enumerate(fields):
            if choice.random() < share:
                inner = field.replace(b'"', choice.choice([b'""', b'"', b"'"]))
                inner = choice.choice([inner, inner, b'"' + inner, inner.replace(b" ", b' "', 1)])
                fields[number] = b'"' + inner + choice.choice([b'"', b'"', b'"', b""])
        lines.append(b"\t".join(fields) + line[len(body) :])
    return b"".join(lines)


def make_huge(content: bytes, choice: random.Random) -> bytes:
    """Makes a field, a line or a file of a few megabytes, or a sentence of 300,000 tokens."""
    size = choice.choice([200_000, 1_000_000, 4_000_000])
    tokens = [b"aspirin ", b'"', b"@DRUG$ ", b"-", b"{"]
    piece = choice.choice([b"a", b"\t", b"\n", b"\xc3\xa9", *tokens])
    # Millions of tokens take a minute, in proportion to their number.
    number = min(size // len(piece), 300_000 if piece in tokens else size)
    place = choice.randrange(len(content) + 1)
    return content[:place] + piece * number + content[place:]


def be_something_else(content: bytes, choice: random.Random) -> bytes:
    return choice.choice(
        [
            b"",
            b"\n",
            b" ",
            b"\xef\xbb\xbf",
            b"\0" * 100,
            choice.randbytes(3000),
            b"\x1f\x8b" + content,
            b"PK\x03\x04" + content,
            b"[" * 100_000,
            b'{"a":' * 50_000,
            b"<html>\n<body>\n" * 50,
            b'{"sentence": 1, "label": [2]}\n' * 9,
            b"1\t2\t3\n" * 9,
            b"O\n" * 9,
            b'"\n' * 99,
        ]
    )


MUTATIONS: list[Mutation] = [
    cut,
    lose_the_beginning,
    insert_garbage,
    insert_garbage,
    replace_a_field,
    replace_a_field,
    change_columns,
    change_columns,
    rename_the_header,
    shuffle_lines,
    repeat_lines,
    drop_lines,
    add_blank_lines,
    mix_line_ends,
    recode,
    quote,
    make_huge,
    be_something_else,
]


def mutate(content: bytes, choice: random.Random) -> tuple[bytes, str]:
    """Applies one to three mutations; returns the file and their names."""
    done = []
    for mutation in choice.choices(MUTATIONS, k=choice.choice([1, 1, 1, 2, 3])):
        if len(content) < 10**7:
            content = mutation(content, choice)
            done.append(mutation.__name__)
    return content, " and ".join(done)
