"""The table: what stands in a row, which rows there are, and what is said under it."""

import json
import math
import shutil

import pytest

from bluelmo_plugins.report.blue_table import make_table
from bluelmo_plugins.report.row import deviation, mean
from bluelmo_plugins.report.runs.evaluation import Samples
from bluelmo_plugins.report.runs.run import find_runs
from bluelmo_plugins.tasks import blue_tasks
from tests.report.conftest import DDI_ROWS
from tests.report.fake_runs import config_of, label_sample, write_evaluated, write_training


def table_of(*paths, **stand_ins):
    return make_table(find_runs(paths), stand_ins)


def row_named(table, name):
    (row,) = [row for row in table.rows if row.name == name]
    return row


def change(path, **values):
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | values))


class TestScores:
    def test_mean_and_deviation_are_over_seeds(self, ddi_runs):
        row = row_named(table_of(ddi_runs), "DDI")
        # Seed 1: advise 1, effect 2/3, int 1, mechanism 0; seed 2: 0, 1, 2/3, 1.
        assert row.scores == pytest.approx([(1 + 2 / 3 + 1) / 4] * 2)
        assert mean(row.scores) == pytest.approx(2 / 3)
        assert deviation([0.1, 0.2, 0.6]) == pytest.approx(math.sqrt(0.07))
        assert deviation([0.5]) is None
        assert row.dev_scores == [0.3, 0.3]

    def test_the_interval_is_over_documents(self, ddi_runs):
        row = row_named(table_of(ddi_runs), "DDI")
        units = row.runs[0].comparison.units
        assert units == ["document D1", "document D2", "document D3", "document D4"]
        assert row.interval.low < mean(row.scores) <= row.interval.high

    def test_no_r_is_no_score_and_has_no_interval(self, biosses_run):
        row = table_of(biosses_run).rows[-1]
        assert math.isnan(mean(row.scores))
        assert row.interval is None


class TestRows:
    def test_all_tasks_are_there_and_missing_ones_stay_empty(self, ddi_runs):
        table = table_of(ddi_runs)
        assert [row.name for row in table.rows] == [task.about.name for task in blue_tasks()]
        assert [row.name for row in table.rows if row.runs] == ["DDI"]
        assert all(row.interval is None and row.scores == [] for row in table.rows if not row.runs)

    def test_published_scores_are_those_of_blue(self):
        published = [task.about.published for task in blue_tasks()]
        elmo, biobert, bluebert = (
            [scores[system] for scores in published] for system in ("ELMo", "BioBERT", "BlueBERT")
        )
        assert elmo == [68.6, 60.2, 83.9, 91.5, 75.6, 62.0, 66.6, 71.2, 80.0, 71.4]
        assert biobert == [84.5, 82.7, 85.9, 93.0, 72.8, 78.8, 71.3, 72.2, 82.9, 80.5]
        assert bluebert == [84.8, 91.6, 85.4, 92.4, 77.1, 79.4, 69.2, 76.4, 83.1, 84.0]

    def test_another_config_is_another_row_which_says_in_what(self, ddi_runs, tmp_path):
        shutil.copytree(ddi_runs / "seed-1", tmp_path / "cnn")
        change(tmp_path / "cnn" / "config.json", trainer={"num_epochs": 7, "cuda_device": 0})
        table = table_of(ddi_runs, tmp_path / "cnn")
        names = [row.name for row in table.rows if row.runs]
        assert names == ["DDI (ddi)", "DDI (cnn)"]
        differs = "DDI (cnn) differs from DDI (ddi) in: trainer.num_epochs 7, not 20."
        assert differs in table.notes

    def test_rows_whose_runs_lie_side_by_side_are_told_apart(self, ddi_runs):
        for seed in (3, 4):
            shutil.copytree(ddi_runs / "seed-1", ddi_runs / f"seed-{seed}")
            config = ddi_runs / f"seed-{seed}" / "config.json"
            change(config, trainer={"num_epochs": 7}, random_seed=seed)
        names = [row.name for row in table_of(ddi_runs).rows if row.runs]
        assert names == ["DDI (seed-1 and 1 more)", "DDI (seed-3 and 1 more)"]

    def test_so_it_is_without_published_scores(self, ddi_runs, tmp_path):
        shutil.copytree(ddi_runs / "seed-1", tmp_path / "cnn")
        change(tmp_path / "cnn" / "config.json", trainer={"num_epochs": 7, "cuda_device": 0})
        label_sample(*ddi_runs.iterdir(), tmp_path / "cnn")
        differs = "(cnn) differs from ddi2013-type (ddi) in: trainer.num_epochs 7, not 20."
        assert f"ddi2013-type {differs}" in table_of(ddi_runs, tmp_path / "cnn").notes

    def test_where_it_was_trained_makes_no_other_row(self, ddi_runs):
        change(ddi_runs / "seed-2" / "config.json", trainer={"num_epochs": 20, "cuda_device": 3})
        assert len(row_named(table_of(ddi_runs), "DDI").runs) == 2

    def test_a_corpus_of_ones_own_gets_a_row_of_its_own(self, tmp_path, ddi_test_file):
        predictions = [
            {"index": f"{document}.T{row}.T9", "label": gold}
            for row, (document, gold, _) in enumerate(DDI_ROWS)
        ]
        write_evaluated(tmp_path / "herbs", "relation", ddi_test_file, predictions, corpus="herbs")
        row = table_of(tmp_path / "herbs").rows[-1]
        assert (row.name, row.published, row.labels) == ("herbs", None, [])
        assert row.measure == "macro F1 of all labels but DDI-false"


class TestLabels:
    """What a score stands on."""

    def relabelled(self, ddi_runs, **values):
        for seed in (1, 2):
            change(ddi_runs / f"seed-{seed}" / "evaluation.json", **values)
        return table_of(ddi_runs)

    def test_a_sample_corpus_is_no_task_of_blue(self, ddi_runs):
        table = self.relabelled(ddi_runs, samples=Samples(True, True)._asdict())
        row = row_named(table, "ddi2013-type")
        assert row.labels == ["sample corpus", "sample ELMo"]
        assert row.title == "ddi2013-type [sample corpus, sample ELMo]"
        assert row.published is None
        assert not row_named(table, "DDI").runs
        assert any("proves nothing about biomedical text" in note for note in table.notes)

    def test_a_sample_elmo_on_the_real_corpus_is_labelled(self, ddi_runs):
        row = row_named(self.relabelled(ddi_runs, samples=Samples(False, True)._asdict()), "DDI")
        assert row.labels == ["sample ELMo"]

    def test_what_is_not_known_is_said_to_be_unknown(self, ddi_runs):
        row = row_named(self.relabelled(ddi_runs, samples=Samples(False, None)._asdict()), "DDI")
        assert row.labels == ["unknown whether sample ELMo"]

    def test_a_test_split_of_about_the_size_of_blue_s_is_noted(self, ddi_runs):
        table = self.relabelled(ddi_runs, sizes={"positives": 979, "negatives": 4737})
        assert row_named(table, "DDI").labels == []
        assert "DDI: the test split has 4737 negatives, BLUE's 4782." in table.notes

    def test_one_of_another_size_is_not_blue_s(self, ddi_runs):
        table = self.relabelled(ddi_runs, sizes={"positives": 500, "negatives": 4782})
        row = row_named(table, "ddi2013-type")
        assert (row.labels, row.published) == (["not BLUE's test split"], None)

    def test_a_stand_in_goes_by_its_own_name(self, ddi_runs):
        table = make_table(find_runs([ddi_runs]), {"ddi2013-type": "herb pairs"})
        row = row_named(table, "herb pairs")
        assert (row.labels, row.published) == (["in place of ddi2013-type"], None)

    def test_another_split_than_test_is_named(self, ddi_runs, ddi_test_file):
        dev = ddi_test_file.with_name("dev.tsv")
        shutil.copy(ddi_test_file, dev)
        table = self.relabelled(ddi_runs, test_file=str(dev))
        assert row_named(table, "ddi2013-type").labels == ["scored on dev.tsv"]

    def test_another_score_than_blue_s_is_not_put_beside_it(self, ddi_runs):
        metrics = {"blue": 0.7, "f1_micro": 0.7, "f1_macro": 0.6}
        row = row_named(self.relabelled(ddi_runs, metrics=metrics), "ddi2013-type")
        assert row.labels == ["not BLUE's score"]


class TestNotes:
    def test_a_run_that_was_not_evaluated_is_named_with_the_option_that_does_it(self, ddi_runs):
        (ddi_runs / "seed-2" / "evaluation.json").unlink()
        table = table_of(ddi_runs)
        assert len(row_named(table, "DDI").runs) == 1
        assert table.notes[-1] == (
            "Not evaluated, or model, settings or test file have changed since: "
            f"{ddi_runs / 'seed-2'}. "
            "With --evaluate, `allennlp blue report` does it."
        )

    def test_a_run_without_a_model_is_named(self, tmp_path):
        run = write_training(tmp_path / "new", config_of("relation"))
        run.archive.unlink()
        assert table_of(tmp_path / "new").notes[-1].endswith(f"not finished: {tmp_path / 'new'}.")

    def test_without_predictions_there_is_a_score_and_no_interval(self, ddi_runs):
        (ddi_runs / "seed-1" / "predictions.jsonl").unlink()
        table = table_of(ddi_runs)
        row = row_named(table, "DDI")
        assert (len(row.runs), row.interval) == (2, None)
        assert any("seed-1 lacks predictions.jsonl" in note for note in table.notes)

    def test_nor_is_there_without_the_test_file(self, ddi_runs, ddi_test_file):
        ddi_test_file.unlink()
        table = table_of(ddi_runs)
        assert row_named(table, "DDI").interval is None
        assert any("test.tsv is no longer there" in note for note in table.notes)

    def test_predictions_that_do_not_give_the_score_are_told(self, ddi_runs):
        evaluation = ddi_runs / "seed-1" / "evaluation.json"
        change(evaluation, metrics={"blue": 0.9, "f1_macro": 0.9})
        notes = table_of(ddi_runs).notes
        assert any(note.startswith(f"{ddi_runs / 'seed-1'}: its predictions") for note in notes)

    def test_an_interrupted_training_and_equal_seeds_are_told(self, ddi_runs):
        (ddi_runs / "seed-1" / "metrics.json").unlink()
        change(ddi_runs / "seed-2" / "config.json", random_seed=1)
        notes = table_of(ddi_runs).notes
        assert f"{ddi_runs / 'seed-1'}: the training was interrupted." in notes
        assert "DDI: 2 runs have the seed 1; the sd is not one over seeds." in notes

    def test_nothing_is_said_of_a_report_without_trouble(self, ddi_runs):
        notes = table_of(ddi_runs).notes
        assert notes[0].startswith("bluelmo: mean over runs")
        assert notes[1].startswith("Published: ")
        # The folder of ELMo is gone, which the label of the row says.
        assert notes[2:] == ["ELMo: elmo."]
