"""Which rows of two files are held against each other, and what happens to the others."""

import pytest

from bluelmo_plugins.errors import InputError

OFFICIAL = "id\tdocid\targ1\targ2\tlabel\n"


def test_rows_are_matched_by_pair_where_ids_differ(score_texts):
    # ChemProt's official gold numbers its rows; so does another system, in another order.
    gold = f"{OFFICIAL}9.R0\t9\tT1\tT4\tCPR:3\n9.R1\t9\tT2\tT4\tfalse\n"
    other = f"{OFFICIAL}9.R0\t9\tT2\tT4\tfalse\n9.R1\t9\tT1\tT4\tCPR:3\n"
    assert score_texts("chemprot", gold, other).metrics["blue"] == 1
    ours = "index\tsentence\tlabel\n9.T2.T4\tZo\tfalse\n9.T1.T4\tZo\tCPR:3\n"
    assert score_texts("chemprot", gold, ours).metrics["blue"] == 1
    swapped = "index\tlabel\n9.T2.T4\tCPR:3\n9.T1.T4\tfalse\n"
    assert score_texts("chemprot", gold, swapped).metrics["blue"] == 0


def test_i2b2_is_matched_by_pair_and_lacks_no_row(score_texts):
    gold = f"{OFFICIAL}n.R0\tn\tn.con.l0\tn.con.l1\tPIP\nn.R9\tn\tn.con.l5\tn.con.l7\tfalse\n"
    ours = "index\tlabel\nn.n.con.l5.n.con.l7\tfalse\nn.n.con.l0.n.con.l1\tPIP\n"
    assert score_texts("i2b2", gold, ours).metrics["blue"] == 1
    with pytest.raises(InputError, match=r"1 ids of the gold are missing: n.R9\."):
        score_texts("i2b2", gold, "index\tlabel\nn.n.con.l0.n.con.l1\tPIP\n")


def test_rows_are_matched_by_id_if_a_file_does_not_tell_its_pairs(score_texts):
    # The first sentence has lost its pair p1, so the corpus file does not tell the entities.
    gold = "D.d1.s0.p0\tZo\tDDI-int\nD.d1.s0.p2\tZo\tDDI-false\n"
    arguments = "D.d1\tD.d1.s0.e"
    predicted = (
        f"{OFFICIAL}D.d1.s0.p2\t{arguments}1\tD.d1.s0.e2\tDDI-false\n"
        f"D.d1.s0.p0\t{arguments}0\tD.d1.s0.e1\tDDI-int\n"
    )
    scored = score_texts("ddi", gold, predicted)
    assert scored.metrics["f1/DDI-int"] == 1
    assert scored.lines[1] == "D.d1.s0.p0\tD.d1.s0.p0\t-\t-\tDDI-int\n"
    assert (
        score_texts("ddi", predicted, f"index\tsentence\tlabel\n{gold}").metrics == scored.metrics
    )


def test_ids_without_pattern_are_enough(score_texts):
    rows = "index\tlabel\nx1\tDDI-int\nx2\tDDI-effect\n"
    assert score_texts("ddi", rows, rows).metrics["f1_micro"] == 1


def test_the_kth_row_of_an_id_is_held_against_the_kth(score_texts):
    gold = "index\tlabel\nx\tCPR:3\ny\tfalse\nx\tCPR:4\n"
    assert score_texts("chemprot", gold, gold).metrics["blue"] == 1
    turned = "index\tlabel\nx\tCPR:4\nx\tCPR:3\ny\tfalse\n"
    assert score_texts("chemprot", gold, turned).metrics["blue"] == 0
    with pytest.raises(InputError, match=r"another number of rows than in the gold: x \(1, not 2"):
        score_texts("chemprot", gold, "index\tlabel\nx\tCPR:4\ny\tfalse\n")


def test_a_pair_with_fewer_rows_than_in_the_official_gold_lacks_the_negative_ones(score_texts):
    # The class CPR:1 is not scored, and a file may hold the scored ones only.
    gold = f"{OFFICIAL}9.R0\t9\tT1\tT4\tCPR:1\n9.R1\t9\tT1\tT4\tCPR:3\n"
    scored = score_texts("chemprot", gold, "index\tlabel\n9.T1.T4\tCPR:3\n")
    assert scored.metrics["blue"] == 1
    assert scored.notes == [
        "1 of the 2 rows of gold are not in prediction and count as 'false'; 0 of them are "
        "positive, hence missed"
    ]
    assert [line.split("\t")[-1] for line in scored.lines] == ["label\n", "false\n", "CPR:3\n"]


def test_a_pair_that_the_official_gold_does_not_have_is_an_error(score_texts):
    gold = f"{OFFICIAL}9.R0\t9\tT1\tT4\tCPR:3\n"
    with pytest.raises(InputError, match=r"1 ids are not in the gold: 9.T1.T5\."):
        score_texts("chemprot", gold, "index\tlabel\n9.T1.T4\tCPR:3\n9.T1.T5\tfalse\n")


def test_only_chemprots_official_gold_may_have_more_rows(score_texts):
    gold = "index\tlabel\n9.T1.T4\tCPR:3\n9.T2.T4\tfalse\n"
    with pytest.raises(InputError, match=r"1 ids of the gold are missing: 9.T2.T4\."):
        score_texts("chemprot", gold, "index\tlabel\n9.T1.T4\tCPR:3\n")


def test_aliases_hold_for_predictions_and_are_counted(score_texts, caplog):
    gold = "index\tlabel\nx1\tDDI-advise\nx2\tDDI-false\n"
    with caplog.at_level("INFO"):
        scored = score_texts("ddi", gold, "index\tlabel\nx2\tfalse\nx1\tDDI-advice\n")
    assert scored.metrics["f1/DDI-advise"] == 1
    assert "label 'DDI-advice' read as 'DDI-advise' 1 times" in caplog.text


@pytest.mark.parametrize(
    ("task", "prediction", "told"),
    [
        (
            "ddi",
            "index\tlabel\nx1\tDDI-efect\n",
            "line 2, column 'label': unknown label 'DDI-efect'",
        ),
        ("hoc", "index\tlabels\nx1\tcell death\n", "line 2, column 'label': unknown label 'cell d"),
        ("hoc", "index\tlabels\nx1\t0_1,1_0\n", "one flag for each of 10 labels"),
        ("biosses", "index\tscore\nx1\tnan\n", "line 2, column 'score': the score is 'nan'"),
        ("biosses", "index\tscore\nx1\t\n", "the score is ''"),
        ("mednli", "index\tlabel\nx1\t\n", "the label is missing"),
    ],
)
def test_a_wrong_answer_is_told_with_its_place(score_texts, task, prediction, told):
    gold = {
        "ddi": "index\tlabel\nx1\tDDI-int\n",
        "hoc": "index\tlabels\nx1\t\n",
        "biosses": "index\tscore\nx1\t2\n",
        "mednli": "index\tlabel\nx1\tneutral\n",
    }
    with pytest.raises(InputError) as raised:
        score_texts(task, gold[task], prediction)
    assert told in str(raised.value)


def test_a_predicted_score_may_lie_beyond_the_scale(score_texts):
    gold = "index\tscore\na\t0\nb\t2\nc\t4\n"
    scored = score_texts("biosses", gold, "index\tscore\nc\t5.5\nb\t2\na\t-1.5\n")
    assert scored.metrics["blue"] == pytest.approx(1)
    assert scored.lines[1:] == ["a\t-1.5\n", "b\t2.0\n", "c\t5.5\n"]


def test_documents_are_no_matter_of_rows(score_texts):
    rows = "index\tlabel\nx1\tneutral\n"
    with pytest.raises(InputError, match="only needed for a task of mentions"):
        score_texts("mednli", rows, rows, rows)
