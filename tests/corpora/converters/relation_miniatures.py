"""Invented originals of DDI, ChemProt and i2b2."""

from xml.sax.saxutils import quoteattr

from tests.corpora.converters.source_files import Files


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
