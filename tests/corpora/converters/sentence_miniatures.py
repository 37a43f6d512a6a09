"""Invented originals of Hallmarks of Cancer, MedNLI, MedSTS and BIOSSES."""

import io
import json
import zipfile
from xml.sax.saxutils import escape

from tests.corpora.converters.source_files import Files


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
    pairs = [["", "Sentence 1", "Sentence 2"]]
    scores = [["Sentence No", *(f"Annotator {each}" for each in "ABCDE")]]
    for number in range(1, 5):
        pairs.append([f"{number}.", f"Goat {number} has a cough.", "The goat coughs & sneezes."])
        scores.append([str(number), "4", "3", "4", "2", "0"])
    return {
        "Annotation-Pairs.docx": docx(pairs),
        "Annotator-Scores.docx": docx(scores),
        "lists/train_ids.txt": "3, 1",
        "lists/dev_ids.txt": "4",
        "lists/test_ids.txt": "2",
    }
