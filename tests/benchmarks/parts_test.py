"""Each part runs, and its result and its page have what they promise."""

import json
from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.__main__ import main
from benchmarks.parts import epoch, first_pass, growth, memory, twenty_epochs
from benchmarks.setting import Setting
from benchmarks.tables import Json

pytestmark = pytest.mark.usefixtures("trains_in_this_process")


def kept(result: Json) -> Json:
    """A result as it comes back from its file."""
    again: Json = json.loads(json.dumps(result))
    assert again == result
    return again


def test_first_pass_has_every_format_both_orders_and_the_share_of_the_limit(
    setting: Setting,
) -> None:
    result = kept(first_pass.measure(setting))
    for corpus in result["corpora"].values():
        assert set(corpus["ours"]) == {"fp32", "bf16"}
        assert set(corpus["stock"]) == {"random", "by_length"}
        for ours in corpus["ours"].values():
            assert 0 < ours["percent_of_limit"] <= ours["percent_of_limit_unwritten"] < 100
            assert ours["store_bytes"] > 0
    exact, *others = result["deviation"]["elmos"].values()
    assert [each["relative_rms"] > 0 for each in exact["bf16"]] == [False, True, True]
    assert all(len(each["bf16"]) == 3 for each in others)
    assert len(first_pass.targets(result)) == 8
    assert "| ddi, bf16 |" in "\n".join(first_pass.section(result))


def test_twenty_epochs_takes_the_runs_apart(setting: Setting) -> None:
    result = kept(twenty_epochs.measure(setting))
    for task, corpus in result.items():
        ways = twenty_epochs.ways(setting, task)
        assert [run["way"] for run in corpus["runs"]] == [way for way, _ in ways]
        for run in corpus["runs"]:
            seconds = run["seconds"]
            assert len(seconds["training"]) == len(seconds["validating"])
            known = sum(value for value in seconds.values() if not isinstance(value, list))
            epochs = sum(seconds["training"] + seconds["validating"] + seconds["saving"])
            assert known - seconds["total"] + epochs == pytest.approx(seconds["total"], abs=0.1)
    # In two formats, both with the original's encoder, too, and relations as our configs draw them;
    # and the memory of four ways.
    assert len(twenty_epochs.targets(result)) == 16
    assert "| ddi, stock, batches by length |" in "\n".join(twenty_epochs.section(result))


def test_memory_shows_ours_on_two_portions_and_stock(setting: Setting) -> None:
    result = kept(memory.measure(setting))
    assert [each["way"] for each in result["runs"]] == ["ours", "ours", "ours bf16", "stock"]
    assert all(each["archive"] > 0 for each in result["runs"])
    assert [each["store"] > 0 for each in result["runs"]] == [True, True, True, False]
    assert [target.unit for target in memory.targets(result)] == ["GB", "MB"]
    assert "| stock | 16 |" in "\n".join(memory.section(result))


def test_epoch_names_its_stages(setting: Setting) -> None:
    result = kept(epoch.measure(setting))
    for corpus in result.values():
        stored, narrow, *computed = corpus["ways"].values()
        assert narrow["reading the feature cache, with checksums"] > 0
        assert {epoch.REST, epoch.CHECKPOINT, "backward"} <= set(stored)
        assert stored["reading the feature cache, with checksums"] > 0
        assert not any("reading the feature cache, with checksums" in each for each in computed)
        limit = corpus["flops"] / corpus["product_rate"]["median"]
        assert 0 < limit < sum(stored.values())
    assert "| backward |" in "\n".join(epoch.section(result))


def test_growth_is_measured_in_processes_without_allennlp_and_the_command_makes_the_page(
    setting: Setting, tmp_path: Path
) -> None:
    results, file = tmp_path / "results", tmp_path / "speed.md"
    folders = ["--work", str(setting.work), "--results", str(results), "--page", str(file)]
    main(["growth", "--quick", *folders])
    run = json.loads((results / "growth.json").read_text())
    assert set(run) >= {"date", "command", "commit", "machine", "seconds", "setting", "result"}
    passes = run["result"]["passes"]
    assert [each["factor"] for each in passes] == list(growth.FACTORS)
    assert [each["tokens"] for each in passes] == sorted({each["tokens"] for each in passes})
    # Importing AllenNLP would take twice as much.
    assert 0 < passes[0]["anonymous"] < 500e6
    text = file.read_text()
    assert text == page.make_page(results)
    assert f"| 8x | {passes[-1]['tokens']:,} |" in text
    assert "Not measured: First pass of the biLM" in text
    assert "A quick trial" in text
    assert str(setting.work) not in (results / "growth.json").read_text() + text


def test_a_part_that_does_not_measure_a_gpu_is_refused_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["growth", "--device", "cuda", "--work", str(tmp_path)])
    said = capsys.readouterr().err
    assert "unknown part 'growth' on this device: choose from first_pass, twenty_epochs" in said
