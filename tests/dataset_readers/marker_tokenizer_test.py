"""Tests of the default tokenizer."""

import pickle

import pytest
import spacy
from allennlp.data import Tokenizer
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.dataset_readers.marker_tokenizer import MarkerTokenizer, is_marker
from bluelmo_plugins.errors import InputError

MARKERS = ["@DRUG$", "@drug_n$", "@CHEM-GENE$", "@DRUG-DRUG$", "<<DRUG>>", "[[gene]]", "<<", "]]"]
TOKENIZER = MarkerTokenizer()
SPACY = spacy.blank("en").tokenizer


def words(text: str) -> list[str]:
    return [str(token) for token in TOKENIZER.tokenize(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@DRUG$-induced", "@DRUG$ - induced"),
        ("anti-@GENE$.", "anti - @GENE$ ."),
        ("(@GENE$)", "( @GENE$ )"),
        ("@DRUG$/@DRUG$", "@DRUG$ / @DRUG$"),
        ("@DRUG$@GENE$", "@DRUG$ @GENE$"),
        ("@drug_n$s", "@drug_n$ s"),
        ("@DRUG-DRUG$'s", "@DRUG-DRUG$ 's"),
        ("<< aspirin >>", "<< aspirin >>"),
        ("(<<DRUG>>)", "( <<DRUG>> )"),
        ("<< acid-base >>,", "<< acid - base >> ,"),
        ("aspirin-induced", "aspirin - induced"),
        ("a @ b $", "a @ b $"),
        ("( IL-2R ) did n't 's", "( IL-2R ) did n't 's"),
        ("  two  \t gaps\u00a0here\n", "two gaps here"),
        ("", ""),
        (" \n", ""),
    ],
)
def test_examples(text, expected):
    assert words(text) == expected.split()


def test_offsets_are_those_of_the_text():
    text = " The @DRUG$-induced,  @GENE$s"
    assert all(text[t.idx : t.idx_end] == t.text for t in TOKENIZER.tokenize(text))


@settings(deadline=None, max_examples=300)
@given(st.text())
def test_without_markers_the_tokens_are_spacys(text):
    if any(is_marker(word) for word in words(text)):
        return
    expected = [token.text for token in SPACY(text) if not token.text.isspace()]
    assert words(text) == expected


@settings(deadline=None, max_examples=300)
@given(st.lists(st.one_of(st.sampled_from(MARKERS), st.text(max_size=8)), max_size=8))
def test_tokens_have_all_text_but_white_space(parts):
    text = "".join(parts)
    tokens = TOKENIZER.tokenize(text)
    position = 0
    for token in tokens:
        assert token.text == text[token.idx : token.idx_end]
        assert token.text
        assert not any(character.isspace() for character in token.text)
        assert not text[position : token.idx].strip()
        position = token.idx_end
    assert not text[position:].strip()


BETWEEN = st.text("abc(),.-/' ", max_size=4)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(BETWEEN, st.sampled_from(MARKERS[:6])), min_size=1, max_size=4), BETWEEN)
def test_a_marker_is_one_token_without_white_space_around_it(parts, end):
    text = "".join(between + marker for between, marker in parts) + end
    markers = [word for word in words(text) if is_marker(word)]
    assert markers == [marker for _, marker in parts]


def test_it_is_registered_and_can_be_pickled():
    tokenizer = Tokenizer.by_name("blue_markers")()
    tokenizer.tokenize("a word")
    copy = pickle.loads(pickle.dumps(tokenizer))
    assert [str(token) for token in copy.tokenize("@DRUG$-induced")] == ["@DRUG$", "-", "induced"]


def test_an_installed_model_is_used(tmp_path):
    model = spacy.blank("en")
    model.tokenizer.add_special_case("doesnot", [{"ORTH": "does"}, {"ORTH": "not"}])
    model.to_disk(tmp_path / "model")
    tokens = MarkerTokenizer(str(tmp_path / "model")).tokenize("it doesnot @GENE$-bind")
    assert [str(token) for token in tokens] == ["it", "does", "not", "@GENE$", "-", "bind"]


def test_a_model_that_is_not_installed_is_an_error_with_a_hint():
    with pytest.raises(InputError, match=r"'en_core_sci_md' is not installed.*remove 'model'"):
        MarkerTokenizer("en_core_sci_md")
