"""Settings by their paths, and how they differ."""

from bluelmo_plugins.report.runs.run import differences, settings


def test_values_have_the_paths_that_overrides_use():
    config = {"trainer": {"epochs": 3, "callbacks": [{"type": "a"}, 7]}, "empty": {}, "none": []}
    assert settings(config) == {
        "trainer.epochs": 3,
        "trainer.callbacks.0.type": "a",
        "trainer.callbacks.1": 7,
        "empty": {},
        "none": [],
    }


def test_keys_can_be_left_out_wherever_they_are():
    config = {"seed": 1, "trainer": {"seed": 2, "epochs": 3}, "list": [{"seed": 4}]}
    assert settings(config, {"seed"}) == {"trainer.epochs": 3}


def test_differences_name_both_values():
    one = {"epochs": 20, "norm": "batch", "new": None}
    other = {"epochs": 10, "norm": "batch", "old": 1}
    assert differences(one, other) == "epochs 20, not 10; old unset, not 1"
    assert differences(one, one) == ""


def test_many_differences_are_counted():
    one, other = ({f"k{number}": value for number in range(7)} for value in (1, 2))
    assert differences(one, other).endswith("k4 1, not 2; and 2 more")


def test_the_folders_of_this_machine_are_told_only_where_nothing_else_tells_files_apart():
    one, other, third = "/home/me/elmo/weights", "/home/me/random/weights", "/mnt/elmo/weights"
    assert differences({"f": one}, {"f": other}) == "f elmo/weights, not random/weights"
    assert differences({"f": one}, {"f": third}) == f"f {one}, not {third}"
