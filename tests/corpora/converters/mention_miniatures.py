"""Invented originals of BC5CDR and ShARe/CLEFE."""

from tests.corpora.converters.source_files import Files


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
