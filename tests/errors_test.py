"""An input error tells place, finding, expectation and remedy, each where it is known."""

from allennlp.common.checks import ConfigurationError

from bluelmo_plugins.errors import InputError, listed, unknown_name


def test_all_parts_stand_in_the_message_in_order() -> None:
    error = InputError(
        "this row has 2 fields",
        file="train.tsv",
        line=7,
        column="label",
        expected="3 fields",
        hint="Mend the row",
    )
    assert str(error) == (
        "train.tsv, line 7, column 'label': this row has 2 fields. Expected 3 fields. Mend the row."
    )


def test_parts_that_are_not_known_leave_no_trace() -> None:
    assert str(InputError("nothing to read")) == "nothing to read."


def test_its_repr_shows_the_message_since_that_is_all_a_worker_process_passes_on() -> None:
    assert repr(InputError("nothing to read")) == "InputError('nothing to read.')"


def test_it_is_the_error_that_allennlp_raises_for_configurations() -> None:
    assert isinstance(InputError("x"), ConfigurationError)


def test_an_unknown_name_lists_the_known_ones_and_names_the_nearest() -> None:
    message = str(unknown_name("label", "DDI-efect", ["DDI-effect", "DDI-int"]))
    assert "unknown label 'DDI-efect'" in message
    assert "'DDI-effect', 'DDI-int'" in message
    assert message.endswith("Did you mean 'DDI-effect'?")


def test_an_unknown_name_far_from_all_gets_no_suggestion() -> None:
    assert "mean" not in str(unknown_name("label", "xyz", ["DDI-effect"]))


def test_a_field_of_megabytes_is_shortened_and_steers_no_terminal() -> None:
    error = InputError("x" * 10**6 + "end", column="y" * 10**6, expected="z" * 10**6, line=7)
    assert len(str(error)) < 5000
    assert "end. Expected zzz" in str(error)
    assert str(InputError("label '\x1b[2J\x9b\u202e'")) == r"label '\x1b[2J\x9b\u202e'."


def test_of_many_names_the_first_are_listed_and_the_others_counted() -> None:
    assert listed("ab") == "a, b"
    assert listed("abc", most=2) == "a, b and 1 more"
    assert listed([]) == ""


def test_half_a_character_shows_as_an_escape() -> None:
    assert str(InputError("label 'x\ud83d'")) == r"label 'x\ud83d'."
