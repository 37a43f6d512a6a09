"""Invented originals of the ten corpora: a few sentences each, in the forms of the real ones."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

Files = dict[str, str | bytes]


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Writes files into a folder and gives it back."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder


def pubtator(
    name: str, title: str, abstract: str, mentions: list[tuple[str, str]], relations: str = ""
) -> str:
    """A document, with mentions (text, type) looked for one after the other."""
    text, end, lines = f"{title} {abstract}", 0, [f"{name}|t|{title}", f"{name}|a|{abstract}"]
    for mention, kind in mentions:
        start = text.index(mention, end)
        end = start + len(mention)
        lines.append(f"{name}\t{start}\t{end}\t{mention}\t{kind}\tD00{start}")
    return "\n".join([*lines, *([relations] if relations else []), ""]) + "\n"


def bc5cdr() -> Files:
    files: Files = {}
    for number, part in enumerate(("Training", "Development", "Test")):
        files[f"CDR.Corpus/CDR_{part}Set.PubTator.txt"] = pubtator(
            f"90{number}1",
            'Was "varimol" to blame for hiccups?',
            "Six goats had varimol (3.5 mg) for a week. Two of them got hiccups and dry horns.",
            [
                ("varimol", "Chemical"),
                ("hiccups", "Disease"),
                ("varimol", "Chemical"),
                ("hiccups", "Disease"),
                ("dry horns", "Disease"),
            ],
            f"90{number}1\tCID\tD005\tD0024",
        ) + pubtator(f"90{number}2", "Nothing found.", "", [])
    return files


def ddi_xml(name: str, sentences: list[tuple[str, list[tuple[str, str]], dict[str, str]]]) -> str:
    """A document of sentences: text, entities (text, type), and the types of pairs such as 0-1."""
    lines = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', f'<document id="{name}">']
    for number, (text, entities, types) in enumerate(sentences):
        sentence = f"{name}.s{number}"
        lines.append(f"<sentence id={quoteattr(sentence)} text={quoteattr(text)}>")
        end = 0
        for place, (entity, kind) in enumerate(entities):
            start = text.index(entity, end)
            end = start + len(entity)
            lines.append(
                f'<entity id="{sentence}.e{place}" charOffset="{start}-{end - 1}"'
                f" type={quoteattr(kind)} text={quoteattr(entity)}/>"
            )
        pairs = [(i, j) for i in range(len(entities)) for j in range(i + 1, len(entities))]
        for place, (i, j) in enumerate(pairs):
            kind = types.get(f"{i}-{j}")
            what = f'ddi="true" type="{kind}"' if kind else 'ddi="false"'
            lines.append(
                f'<pair id="{sentence}.p{place}" e1="{sentence}.e{i}" e2="{sentence}.e{j}" {what}/>'
            )
        lines.append("</sentence>")
    return "\n".join([*lines, "</document>"])


def ddi() -> Files:
    sentences = [
        (
            "Varimol & Ostrapin™ should not be taken with herbal teas.\n",
            [("Varimol", "drug"), ("Ostrapin", "brand"), ("herbal teas", "group")],
            {"0-2": "advise", "1-2": "effect"},
        ),
        ("Nobody knows why.", [], {}),
        (
            "Quixane may interact with varimol.",
            [("Quixane", "drug_n"), ("varimol", "drug")],
            {"0-1": "int"},
        ),
        (
            "Varimol slows the clearance of quixane.",
            [("Varimol", "drug"), ("quixane", "drug_n")],
            {"0-1": "mechanism"},
        ),
    ]
    train = {
        f"DDICorpus/Train/DrugBank/Drug{number}_ddi.xml": ddi_xml(
            f"DDI-DrugBank.d{number}", sentences
        )
        for number in range(10)
    }
    test = "DDICorpus/Test/Test for DDI Extraction task/MedLine/9001.xml"
    ner = "DDICorpus/Test/Test for DrugNER task/MedLine/9001.xml"
    return {
        **train,
        test: ddi_xml("DDI-MedLine.d50", sentences),
        ner: ddi_xml("DDI-MedLine.d50", []),
    }


TITLE = "Effect of varimol on ZUGA1."
ABSTRACT = "Varimol blocks ZUGA1 but not BIMP2. In mice (n = 9) BIMP2 was activated by ostrapin."


def chemprot() -> Files:
    files: Files = {}
    text = f"{TITLE} {ABSTRACT}"
    for number, part in enumerate(("training", "development", "test")):
        suffix = "_gs" if part == "test" else ""
        name, folder = f"88{number}", f"chemprot_{part}{suffix}/chemprot_{part}"
        entities, end = [], 0
        for place, (entity, kind) in enumerate(
            [
                ("varimol", "CHEMICAL"),
                ("ZUGA1", "GENE-Y"),
                ("Varimol", "CHEMICAL"),
                ("ZUGA1", "GENE-Y"),
                ("BIMP2", "GENE-N"),
                ("BIMP2", "GENE-N"),
                ("ostrapin", "CHEMICAL"),
            ],
            1,
        ):
            start = text.index(entity, end)
            end = start + len(entity)
            entities.append(f"{name}\tT{place}\t{kind}\t{start}\t{end}\t{entity}\n")
        relations = "".join(
            f"{name}\t{label}\tArg1:{chemical}\tArg2:{gene}\n"
            for label, chemical, gene in [
                ("CPR:4", "T3", "T4"),
                ("CPR:6", "T3", "T4"),
                ("CPR:3", "T7", "T6"),
                ("CPR:9", "T1", "T5"),
            ]
        )
        files[f"{folder}_abstracts{suffix}.tsv"] = f"{name}\t{TITLE}\t{ABSTRACT}\n"
        files[f"{folder}_entities{suffix}.tsv"] = "".join(entities)
        files[f"{folder}_gold_standard.tsv"] = relations
    return files


NOTE = """\
Admission Date :
 She had a biopsy of the mass .
Aspirin was given for chest pain .
"""
CONCEPTS = """\
c="a biopsy" 2:3 2:4||t="test"
c="the mass" 2:6 2:7||t="problem"
c="aspirin" 3:0 3:0||t="treatment"
c="chest pain" 3:4 3:5||t="problem"
"""
RELATIONS = 'c="aspirin" 3:0 3:0||r="TrAP"||c="chest pain" 3:4 3:5\n'


def i2b2() -> Files:
    files: Files = {}
    train = "concept_assertion_relation_training_data"
    folders = [(f"{train}/beth", 6), (f"{train}/partners", 4)]
    for folder, count in folders:
        for number in range(count):
            name = f"note-{folder[-1]}{number}"
            files[f"{folder}/txt/{name}.txt"] = NOTE
            files[f"{folder}/concept/{name}.con"] = CONCEPTS
            files[f"{folder}/rel/{name}.rel"] = RELATIONS if number else ""
    files[f"{train}/partners/unannotated/note-x.txt"] = NOTE
    files["test_data/note-t.txt"] = NOTE
    files["reference_standard_for_test_data/concepts/note-t.con"] = CONCEPTS
    files["reference_standard_for_test_data/rel/note-t.rel"] = RELATIONS
    return files


REPORT = """\
Name: [**Known lastname 12**]

1. Torn left ear, healed. His toe was
swollen and, as before, very red.
"""


def share_clefe() -> Files:
    files: Files = {}
    places = [REPORT.index(word) for word in ("Torn", "ear", "toe", "swollen")]
    torn, ear, toe, swollen = places
    lines = (
        f"{{name}}.txt||Disease_Disorder||C0000001||{torn}||{torn + 4}||{ear}||{ear + 3}\n"
        f"{{name}}.txt||Disease_Disorder||CUI-less||{toe}||{toe + 3}||{swollen}||{swollen + 7}\n"
    )
    xml = (
        '<annotations textSource="{name}.txt"><annotation><mention id="E1"/>'
        f'<span start="{torn}" end="{torn + 4}"/><span start="{ear}" end="{ear + 3}"/>'
        '</annotation><classMention id="E1"/></annotations>'
    )
    for number in range(10):
        name = f"0009{number}-DISCHARGE_SUMMARY"
        files[f"Task1TrainSetCorpus199/ALLREPORTS/{name}.txt"] = REPORT
        if number % 2:
            files[f"Gold/{name}.pipe.txt"] = lines.format(name=name)
        else:
            files[f"Gold/{name}.txt.knowtator.xml"] = xml.format(name=name)
    for name, gold in (("2001-ECHO", lines.format(name="2001-ECHO")), ("2002-ECHO", "")):
        files[f"Task1TestSetCorpus100/ALLREPORTS/{name}.txt"] = REPORT
        files[f"Task1Gold_SN2012/Gold_SN2012/{name}.txt"] = gold
    return files


def hoc() -> Files:
    files: Files = {}
    for number in range(4):
        name = f"70{number}"
        files[f"text/{name}.txt"] = (
            'Goats "grow" .\nTheir cells neither die nor rest .\nWe fed them .\n'
        )
        files[f"labels/{name}.txt"] = (
            "< <Resisting cell death--Apoptosis ANDSustaining proliferative signaling-- < "
        )
    files["lists/train_docid.txt"] = "700\n702\n"
    files["lists/dev_docid.txt"] = "701"
    files["lists/test_docid.txt"] = "703.txt\n"
    return files


def mednli() -> Files:
    files: Files = {}
    for split, label in (("train", "entailment"), ("dev", "neutral"), ("test", "contradiction")):
        rows = [
            {
                "pairID": f"{split}-{number}",
                "sentence1": 'He said "no pain"\tin his toe.',
                "sentence2": "The toe is fine .",
                "gold_label": label,
                "sentence1_parse": "(ROOT)",
            }
            for number in range(2)
        ]
        files[f"mli_{split}_v1.jsonl"] = "".join(json.dumps(row) + "\n" for row in rows)
    return files


def medsts() -> Files:
    pair = 'Take "one" tablet daily.\tTake a tablet each day.'
    train = "".join(f"{pair}\t{number % 6}\n" for number in range(20))
    return {
        "clinicalSTS.train.txt": train,
        "clinicalSTS.test.txt": f"{pair}\nHe sleeps.\tShe eats.\n",
        "clinicalSTS.test.gs.sim.txt": "4.5\n0\n",
        "README.txt": "Sentences and scores.",
    }


def docx(rows: list[list[str]]) -> bytes:
    """A Word file with one table."""
    cells = "".join(
        "<w:tr>"
        + "".join(f"<w:tc><w:p><w:r><w:t>{escape(cell)}</w:t></w:r></w:p></w:tc>" for cell in row)
        + "</w:tr>"
        for row in rows
    )
    body = f'<w:document xmlns:w="urn:w"><w:body><w:tbl>{cells}</w:tbl></w:body></w:document>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", body)
    return buffer.getvalue()


def biosses() -> Files:
    pairs = [["No", "Sentence 1", "Sentence 2"]]
    scores = [["No", "A", "B", "C", "D", "E"]]
    for number in range(1, 5):
        pairs.append([str(number), f"Goat {number} has a cough.", "The goat coughs & sneezes."])
        scores.append([str(number), "4", "3", "4", "2", "0"])
    return {
        "Annotation-Pairs.docx": docx(pairs),
        "Annotation-Scores.docx": docx(scores),
        "lists/train_ids.txt": "3, 1",
        "lists/dev_ids.txt": "4",
        "lists/test_ids.txt": "2",
    }


MINIATURES = {
    "clnclsts": medsts,
    "biosses": biosses,
    "bc5cdr-dz": bc5cdr,
    "bc5cdr-chem": bc5cdr,
    "shareclefe": share_clefe,
    "ddi": ddi,
    "chemprot": chemprot,
    "i2b2": i2b2,
    "hoc": hoc,
    "mednli": mednli,
}
"""By the names of the tasks."""
