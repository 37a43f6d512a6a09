"""The tally of a file, and what two files share."""

import pytest

from bluelmo_plugins.corpora.checks.survey import survey_file
from bluelmo_plugins.dataset_readers.inference import InferenceReader
from bluelmo_plugins.dataset_readers.multilabel import MultilabelReader
from bluelmo_plugins.dataset_readers.ner import NerReader
from bluelmo_plugins.dataset_readers.relation import RelationReader
from bluelmo_plugins.dataset_readers.similarity import SimilarityReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.split_files import MissingFileError

RELATION = RelationReader(labels=["a", "b"])


@pytest.fixture
def survey(tmp_path):
    def make(reader, text, name="train.tsv"):
        path = tmp_path / name
        path.write_text(text)
        return survey_file(reader, path)

    return make


def test_rows_texts_ids_and_documents_are_counted(survey):
    text = (
        "index\tsentence\tlabel\n"
        "9.T1.T4\t@X$ eats @Y$\ta\n"
        "9.T1.T4\t@X$ eats @Y$\tb\n"
        "8.T1.T2\t@X$ eats @Y$\tb\n"
        "8.T1.T3\t@X$ flees @Y$\tb\n"
    )
    found = survey(RELATION, text)
    assert found.report.read == 4
    assert found.report.labels == {"a": 1, "b": 3}
    assert found.num_repeated_texts == 2
    assert found.num_repeated_ids == 1
    assert found.documents == {"9", "8"}


def test_rows_without_ids_repeat_none(survey):
    found = survey(RELATION, "sentence\tlabel\nx\ta\nx\ta\n")
    assert (found.num_repeated_texts, found.num_repeated_ids) == (1, 0)
    assert found.documents == set()


def test_what_another_file_has_is_counted_by_row(survey):
    train = survey(RELATION, "index\tsentence\tlabel\n1\tx\ta\n2\tx\ta\n3\ty\tb\n")
    test = survey(RELATION, "index\tsentence\tlabel\n4\tx\tb\n5\tz\ta\n", "test.tsv")
    assert test.num_texts_of(train) == 1
    assert train.num_texts_of(test) == 2


def test_a_pair_is_the_same_if_both_of_its_texts_are(survey):
    reader = InferenceReader(labels=["a", "b"])
    header = "index\tsentence1\tsentence2\tlabel\n"
    found = survey(reader, header + "1\tx\ty\ta\n2\tx\tz\ta\n3\ty\tx\ta\n4\tx\ty\tb\n")
    assert found.num_repeated_texts == 1


def test_a_sentence_in_windows_is_one_sentence(survey):
    reader = NerReader(entity_type="Plant", max_tokens=2)
    lines = ["ivy\td1\t0\tB", "grows\t-\t4\tO", "here\t-\t10\tO"]
    one = survey(reader, "\n".join(lines) + "\n")
    assert one.report.read == 1
    assert one.report.notes["such windows"] == 2
    assert one.texts.total() == 1
    assert one.documents == {"d1"}
    other = survey(reader, "ivy\td2\t0\tB\ngrows\t-\t4\tO\n", "dev.tsv")
    assert other.num_texts_of(one) == 0
    same = survey(reader, "ivy\tB\ngrows\tO\nhere\tO\n", "test.tsv")
    assert same.num_texts_of(one) == 1


def test_documents_are_those_of_the_sentences_ids(survey):
    reader = MultilabelReader(labels=["a", "b"])
    found = survey(reader, "index\tsentence\tlabels\n7_s0\tx\ta\n7_s1\ty\t\n8_s0\tz\ta,b\n")
    assert found.documents == {"7", "8"}
    assert found.report.labels == {"a": 2, "b": 1}


def test_scores_are_kept(survey):
    found = survey(SimilarityReader(max_score=4), "x\ty\t1\nx\tz\t3.5\n")
    assert found.scores == [1.0, 3.5]


def test_the_file_may_have_another_name(tmp_path):
    (tmp_path / "Development.tsv").write_text("1\tx\ta\n")
    found = survey_file(RELATION, tmp_path / "dev.tsv")
    assert found.file == tmp_path / "Development.tsv"


def test_a_file_that_is_not_there_is_told_apart_from_a_broken_one(tmp_path):
    with pytest.raises(MissingFileError, match=r"no such file; its folder holds nothing"):
        survey_file(RELATION, tmp_path / "train.tsv")
    (tmp_path / "train.tsv").write_text("1\tx\tc\n")
    with pytest.raises(InputError, match=r"train.tsv, line 1, column 'label'") as error:
        survey_file(RELATION, tmp_path / "train.tsv")
    assert not isinstance(error.value, MissingFileError)
    for name in ("dev", "Dev.tsv"):
        (tmp_path / name).write_text("1\tx\ta\n")
    with pytest.raises(InputError, match="several files may replace it") as error:
        survey_file(RELATION, tmp_path / "dev.tsv")
    assert not isinstance(error.value, MissingFileError)
