"""Every family's score, computed anew from the two files by a few lines of plain Python."""

import json
from collections.abc import Callable
from itertools import combinations
from statistics import correlation

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.scoring.scorers import Scored

Score = Callable[..., Scored]

random_cases = settings(deadline=None, max_examples=60)
RANDOM = st.randoms(use_true_random=False)


def table(header, rows):
    return "".join("\t".join(row) + "\n" for row in [header, *rows])


def rows_of(text):
    header, *rows = [line.split("\t") for line in text.splitlines()]
    return [dict(zip(header, row, strict=True)) for row in rows]


def by_key(text, *columns):
    return {tuple(row[column] for column in columns): row for row in rows_of(text)}


def f1(true_positives, predicted, gold):
    return 2 * true_positives / (predicted + gold) if predicted + gold else 0.0


def label_f1(pairs, labels):
    hits = sum(gold == predicted and gold in labels for gold, predicted in pairs)
    predicted = sum(predicted in labels for _, predicted in pairs)
    return f1(hits, predicted, sum(gold in labels for gold, _ in pairs))


DDI = ["DDI-advise", "DDI-effect", "DDI-int", "DDI-mechanism", "DDI-false"]


@random_cases
@given(
    st.lists(st.tuples(st.sampled_from(DDI), st.sampled_from(DDI)), min_size=10, max_size=10),
    RANDOM,
)
def test_ddi_is_the_mean_of_the_f1_of_four_types(score_texts: Score, labels, random):
    # All pairs of five entities; the corpus has the numbers, the prediction the entities.
    entities = [(f"D.d1.s0.e{a}", f"D.d1.s0.e{b}") for a, b in combinations(range(5), 2)]
    gold = table(
        ["index", "sentence", "label"],
        [[f"D.d1.s0.p{k}", "Zo", label] for k, (label, _) in enumerate(labels)],
    )
    rows = [[f"x{k}", "D.d1", *entities[k], predicted] for k, (_, predicted) in enumerate(labels)]
    random.shuffle(rows)
    scored = score_texts("ddi", gold, table(["id", "docid", "arg1", "arg2", "label"], rows))
    macro = sum(label_f1(labels, [label]) for label in DDI[:4]) / 4
    assert scored.metrics["blue"] == pytest.approx(macro)
    assert scored.metrics["f1_micro"] == pytest.approx(label_f1(labels, DDI[:4]))


CHEMPROT = ["CPR:3", "CPR:4", "CPR:5", "CPR:6", "CPR:9"]
ANY_CPR = st.sampled_from([*CHEMPROT, "CPR:1", "CPR:10", "false"])
CELLS = st.tuples(ANY_CPR, st.sampled_from([*CHEMPROT, "false", None]))


@random_cases
@given(st.lists(CELLS, min_size=6, max_size=6).filter(lambda rows: any(p for _, p in rows)), RANDOM)
def test_chemprot_is_micro_f1_over_all_pairs_of_the_official_gold(score_texts, cells, random):
    pairs = [(f"T{chemical}", f"T{gene}") for chemical in (1, 2) for gene in (3, 4, 5)]
    gold = [["9.R" + str(k), "9", *pairs[k], label] for k, (label, _) in enumerate(cells)]
    predicted = [
        [f"9.{pairs[k][0]}.{pairs[k][1]}", label] for k, (_, label) in enumerate(cells) if label
    ]
    random.shuffle(predicted)
    gold_text = table(["id", "docid", "arg1", "arg2", "label"], gold)
    scored = score_texts("chemprot", gold_text, table(["index", "label"], predicted))
    labels = [(gold, predicted or "false") for gold, predicted in cells]
    assert scored.metrics["blue"] == pytest.approx(label_f1(labels, CHEMPROT))
    lacking = [gold for gold, predicted in cells if predicted is None]
    assert scored.metrics["rows_not_predicted"] == len(lacking)
    missed = sum(gold in CHEMPROT for gold in lacking)
    assert scored.metrics["positive_rows_not_predicted"] == missed
    assert len(scored.notes) == bool(lacking)
    # What is written for the official script, compared row by row as it does.
    written = rows_of("".join(scored.lines))
    columns = ("id", "docid", "arg1", "arg2")
    assert [[row[name] for name in columns] for row in written] == [row[:4] for row in gold]
    row_by_row = [(row[4], each["label"]) for row, each in zip(gold, written, strict=True)]
    assert label_f1(row_by_row, CHEMPROT) == pytest.approx(scored.metrics["blue"])


HALLMARKS = [
    "activating invasion and metastasis",
    "avoiding immune destruction",
    "cellular energetics",
    "enabling replicative immortality",
    "evading growth suppressors",
    "genomic instability and mutation",
    "inducing angiogenesis",
    "resisting cell death",
    "sustaining proliferative signaling",
    "tumor promoting inflammation",
]
LABEL_SETS = st.sets(st.sampled_from(HALLMARKS), max_size=3)


@random_cases
@given(st.lists(st.tuples(LABEL_SETS, LABEL_SETS), min_size=1, max_size=8), RANDOM)
def test_hoc_is_f1_of_mean_precision_and_recall_of_documents(score_texts, sentences, random):
    indices = [f"{random.choice('123')}_s{number}" for number in range(len(sentences))]
    flags = [
        ",".join(f"{k}_{int(name in gold)}" for k, name in enumerate(HALLMARKS))
        for gold, _ in sentences
    ]
    gold = table(
        ["labels", "sentence", "index"],
        [[flags[k], "Zo", index] for k, index in enumerate(indices)],
    )
    rows = [[index, ",".join(sentences[k][1])] for k, index in enumerate(indices)]
    random.shuffle(rows)
    scored = score_texts("hoc", gold, table(["index", "labels"], rows))

    precisions, recalls = [], []
    for document in {index.split("_")[0] for index in indices}:
        own = [each for k, each in enumerate(sentences) if indices[k].startswith(document)]
        wanted = set().union(*(gold for gold, _ in own))
        found = set().union(*(predicted for _, predicted in own))
        if wanted:
            precisions.append(len(wanted & found) / len(found) if found else 0)
            recalls.append(len(wanted & found) / len(wanted))
        else:
            precisions.append(not found)
            recalls.append(not found)
    precision, recall = (sum(each) / len(each) for each in (precisions, recalls))
    expected = 2 * precision * recall / (precision + recall) if precision + recall else 0
    assert scored.metrics["blue"] == pytest.approx(expected)
    written = by_key("".join(scored.lines), "index")
    assert {row["index"]: set(row["labels"].split(",")) for row in written.values()} == {
        index: set(labels.split(",")) for index, labels in rows
    }


SCORES = st.floats(0, 5).map(lambda score: round(score, 2))


@random_cases
@given(st.lists(st.tuples(SCORES, SCORES), min_size=3, max_size=9), RANDOM)
def test_similarity_is_pearsons_r(score_texts, scores, random):
    gold = table(
        ["index", "sentence1", "sentence2", "score"],
        [[f"q{k}", "Zo", "Bex", str(gold)] for k, (gold, _) in enumerate(scores)],
    )
    rows = [[f"q{k}", repr(predicted)] for k, (_, predicted) in enumerate(scores)]
    shuffled = random.sample(rows, len(rows))
    scored = score_texts("clnclsts", gold, table(["index", "score"], shuffled))
    columns = list(zip(*scores, strict=True))
    if any(len(set(column)) == 1 for column in columns):
        assert scored.metrics["blue"] != scored.metrics["blue"], "there is no r"
    else:
        assert scored.metrics["blue"] == pytest.approx(correlation(*columns), abs=1e-9)
    assert "".join(scored.lines) == table(["index", "score"], rows)


NLI = st.sampled_from(["contradiction", "entailment", "neutral"])


@random_cases
@given(st.lists(st.tuples(NLI, NLI), min_size=1, max_size=9), RANDOM)
def test_inference_is_accuracy(score_texts, labels, random):
    # The header that BLUE's script writes over its gold.
    rows = [[f"q{k}", "Zo", "Bex", gold] for k, (gold, _) in enumerate(labels)]
    predicted = [{"index": f"q{k}", "label": label} for k, (_, label) in enumerate(labels)]
    random.shuffle(predicted)
    text = "".join(json.dumps(each) + "\n" for each in predicted)
    scored = score_texts("mednli", table(["index", "label"], rows), text)
    accuracy = sum(gold == predicted for gold, predicted in labels) / len(labels)
    assert scored.metrics["blue"] == pytest.approx(accuracy)


TAGS = st.lists(st.sampled_from("BIO"), min_size=1, max_size=7)
SENTENCES = st.lists(TAGS.flatmap(lambda tags: st.tuples(st.just(tags), st.permutations(tags))))


def mentions_in(tags, discontinuous):
    """Another way to read the tags: by the text of the tag sequence."""
    mentions, last = [], None
    for place, tag in enumerate(tags):
        after_outside = place == 0 or tags[place - 1] == "O"
        if tag == "B" or (tag == "I" and (last is None or (after_outside and not discontinuous))):
            last = [place]
            mentions.append(last)
        elif tag == "I":
            last.append(place)
    return [tuple(mention) for mention in mentions]


@random_cases
@pytest.mark.parametrize(("task", "discontinuous"), [("bc5cdr-dz", False), ("shareclefe", True)])
@given(SENTENCES.filter(bool), RANDOM)
def test_mentions_are_right_if_every_span_is(score_texts, task, discontinuous, sentences, random):
    kind = "Disorder" if discontinuous else "Disease"
    gold_lines, predicted, counts = [], [], [0, 0, 0]
    for number, (gold_tags, predicted_tags) in enumerate(sentences):
        # One sentence a document; each token has one letter and a space after it.
        for place, tag in enumerate(gold_tags):
            gold_lines.append(f"x\td{number}\t{2 * place}\t{tag}\n")
        gold_lines.append("\n")
        gold = set(mentions_in(gold_tags, discontinuous))
        found = set(mentions_in(predicted_tags, discontinuous))
        for mention in found:
            ends = [p for p in mention if p + 1 not in mention]
            starts = [p for p in mention if p - 1 not in mention]
            spans = [
                {"start": 2 * start, "end": 2 * end + 1, "text": ""}
                for start, end in zip(starts, ends, strict=True)
            ]
            predicted.append({"id": "", "docid": f"d{number}", "locations": spans, "type": kind})
        for place, each in enumerate((gold & found, found, gold)):
            counts[place] += len(each)
    random.shuffle(predicted)
    text = "".join(json.dumps(each) + "\n" for each in predicted)
    scored = score_texts(task, "".join(gold_lines), text)
    assert scored.metrics["blue"] == pytest.approx(f1(*counts))
    written = [json.loads(line) for line in scored.lines]
    assert [each["docid"] for each in written] == sorted(
        (each["docid"] for each in written), key=lambda docid: int(docid[1:])
    )
    told = sorted((each["docid"], str(each["locations"])) for each in written)
    assert told == sorted((each["docid"], str(each["locations"])) for each in predicted)
