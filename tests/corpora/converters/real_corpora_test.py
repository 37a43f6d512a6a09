"""Originals rebuilt from the real corpora in BLUE's layout, and prepared again."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from bluelmo_plugins.corpora.converters.hoc import HALLMARKS
from bluelmo_plugins.corpora.converters.registry import CORPORA
from bluelmo_plugins.corpora.converters.splits import Choices, Notes, Row, Splits
from bluelmo_plugins.formats.mentions import character_spans, tags_to_mentions
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.token_file import read_token_file
from tests.corpora.converters.relation_miniatures import ddi_xml
from tests.corpora.converters.sentence_miniatures import docx
from tests.corpora.converters.source_files import write

SPLITS = ("train", "dev", "test")


def prepare(task: str, source: Path, choices: Choices | None = None) -> tuple[Splits, Notes]:
    notes = Notes(source)
    return CORPORA[task].prepare(source, choices or Choices(), notes), notes


def table(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter="\t"))


def real_documents(path: Path) -> tuple[dict[str, str], dict[str, list[tuple[int, int]]]]:
    """Texts and mentions by document."""
    texts: defaultdict[str, str] = defaultdict(str)
    mentions: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for sentence in read_token_file(path, ReadingReport(path)):
        name = sentence.document or ""
        mentions[name] += []
        for word, (start, _) in zip(sentence.words, sentence.offsets or (), strict=True):
            texts[name] = texts[name].ljust(start) + word
        for mention in tags_to_mentions(sentence.tags or ()):
            mentions[name] += character_spans(mention, sentence.offsets or ())
    return texts, mentions


def test_bc5cdr_keeps_mentions_ids_and_offsets(shared_dir, tmp_path) -> None:
    kinds = {"Chemical": "BC5CDR-chem", "Disease": "BC5CDR-disease"}
    paths = {kind: shared_dir / "blue" / folder / "test.tsv" for kind, folder in kinds.items()}
    real = {kind: real_documents(path) for kind, path in paths.items()}
    texts, _ = real["Chemical"]
    names = sorted(texts)[::3]
    lines = []
    for name in names:
        # The title is all before the first stop and space; any division of the text would do.
        title, stop, abstract = texts[name].partition(". ")
        lines += [f"{name}|t|{title}{stop.strip()}", f"{name}|a|{abstract}"]
        lines += [
            f"{name}\t{start}\t{end}\t{texts[name][start:end]}\t{kind}\tD1"
            for kind, (_, mentions) in real.items()
            for start, end in mentions[name]
        ]
        lines.append("")
    small = "{0}|t|Rest.\n{0}|a|\n{0}\t0\t4\tRest\tChemical\tD1\n{0}\t0\t4\tRest\tDisease\tD1\n"
    files = {
        "CDR_TrainingSet.PubTator.txt": small.format(5),
        "CDR_DevelopmentSet.PubTator.txt": small.format(6),
        "CDR_TestSet.PubTator.txt": "\n".join(lines),
    }
    source = write(tmp_path / "source", files)
    for task, (_, mentions) in zip(("bc5cdr-chem", "bc5cdr-dz"), real.values(), strict=True):
        splits, notes = prepare(task, source)
        path = tmp_path / "test.tsv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter="\t", lineterminator="\n").writerows(splits["test"])
        again = real_documents(path)
        assert again[0] == {name: texts[name] for name in names}
        assert again[1] == {name: mentions[name] for name in names}
        assert notes.lines() == []


def test_hoc_is_blues_own_split_to_the_row(shared_dir, tmp_path) -> None:
    original = {split: table(shared_dir / "blue/hoc" / f"{split}.tsv") for split in SPLITS}
    texts: defaultdict[str, list[str]] = defaultdict(list)
    labels: defaultdict[str, list[str]] = defaultdict(list)
    for rows in original.values():
        for flags, sentence, index in rows[1:]:
            name, number = index.split("_s")
            assert int(number) == len(texts[name])
            texts[name].append(sentence)
            names = [
                f"{hallmark.capitalize()}--x"
                for flag, hallmark in zip(flags.split(","), HALLMARKS, strict=True)
                if flag.endswith("_1")
            ]
            labels[name].append(" AND".join(names) + " ")
    files = {f"text/{name}.txt": "\n".join(lines) + "\n" for name, lines in texts.items()}
    files |= {f"labels/{name}.txt": "<" + "<".join(each) for name, each in labels.items()}
    splits, notes = prepare("hoc", write(tmp_path, files))
    assert splits == original
    assert notes.lines() == []


def test_biosses_is_blues_own_split_to_the_row(shared_dir, tmp_path) -> None:
    original = {split: table(shared_dir / "blue/BIOSSES" / f"{split}.tsv") for split in SPLITS}
    rows = sorted((row for each in original.values() for row in each[1:]), key=lambda r: int(r[0]))
    pairs = [row[:3] for row in rows]
    scores = [[row[0], *_five(float(row[3]))] for row in rows]
    source = write(tmp_path, {"pairs.docx": docx(pairs), "scores.docx": docx(scores)})
    splits, notes = prepare("biosses", source)
    assert splits == original
    assert notes.lines() == []


def _five(mean: float) -> Iterable[str]:
    """Five whole scores of this mean."""
    total = round(mean * 5)
    return [str(total // 5 + (number < total % 5)) for number in range(5)]


def test_ddi_sentences_of_two_drugs_come_out_as_they_were(shared_dir, tmp_path) -> None:
    """Where a sentence has one pair its text is known but for the drugs, which are made up."""
    rows = table(shared_dir / "blue/ddi2013-type/test.tsv")[1:]
    sentences: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        sentences[row[0].rsplit(".", 1)[0]].append(row)
    kept = [each[0] for each in sentences.values() if len(each) == 1 and each[0][1].count("@") == 2]
    assert len(kept) > 200
    documents: defaultdict[str, list[Row]] = defaultdict(list)
    for row in kept:
        documents[row[0].split(".s")[0]].append(row)
    other = ("Zink with zonk.", [("Zink", "drug"), ("zonk", "drug")], {})
    files = {f"Train/d{n}.xml": ddi_xml(f"x.d{n}", [other]) for n in range(2)}
    for name, each in documents.items():
        data = []
        for _, text, label in each:
            kinds = [part.split("$")[0] for part in text.split("@")[1:]]
            drugs = [f"qxz{number}" for number in range(2)]
            for drug, kind in zip(drugs, kinds, strict=True):
                text = text.replace(f"@{kind}$", drug, 1)
            types = {} if label == "DDI-false" else {"0-1": label.removeprefix("DDI-")}
            data.append((text, list(zip(drugs, kinds, strict=True)), types))
        files[f"Test/{name}.xml"] = ddi_xml(name, data)
    splits, _ = prepare("ddi", write(tmp_path, files), Choices(typed_markers=True))
    assert sorted(row[1:] for row in splits["test"][1:]) == sorted(row[1:] for row in kept)


def test_mednlis_form_comes_out_as_it_was(shared_dir, tmp_path) -> None:
    """On the stand-in, general English in the form of MedNLI."""
    files = {}
    original = {}
    for split in SPLITS:
        header, *rows = table(shared_dir / "blue-standins/mednli" / f"{split}.tsv")
        original[split] = [[f"{split}{row[0]}", *row[1:]] for row in rows]
        assert header == ["id", "sentence1", "sentence2", "label"]
        keys = ("pairID", "sentence1", "sentence2", "gold_label")
        lines = [json.dumps(dict(zip(keys, row, strict=True))) for row in original[split]]
        files[f"mli_{split}_v1.jsonl"] = "\n".join(lines) + "\n"
    splits, _ = prepare("mednli", write(tmp_path, files))
    assert {split: rows[1:] for split, rows in splits.items()} == original
