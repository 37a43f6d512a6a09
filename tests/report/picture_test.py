"""The table as a picture: it has all of it, legibly."""

import shutil

import pytest

from bluelmo_plugins.report.blue_table import make_table
from bluelmo_plugins.report.picture import table_figure
from bluelmo_plugins.report.runs.run import find_runs
from tests.report.fake_runs import label_sample


@pytest.fixture
def figure(ddi_runs, biosses_run, tmp_path):
    """With two variants of DDI on a sample, so that one row has many lines."""
    shutil.copytree(ddi_runs / "seed-1", tmp_path / "cnn")
    config = tmp_path / "cnn" / "config.json"
    config.write_text(config.read_text().replace('"num_epochs": 20', '"num_epochs": 7'))
    label_sample(biosses_run, tmp_path / "cnn", *ddi_runs.iterdir())
    runs = find_runs([ddi_runs, tmp_path / "cnn", biosses_run])
    figure = table_figure(make_table(runs, {}))
    figure.draw_without_rendering()
    return figure


def test_it_names_rows_with_their_labels(figure):
    (axes,) = figure.axes
    ticks = [tick.get_text() for tick in axes.get_yticklabels()]
    assert ticks[0] == "MedSTS"
    assert "BIOSSES\n[sample corpus]\n[sample ELMo]" in ticks
    assert "proves nothing" in figure.get_supxlabel()


def test_no_texts_overlap_and_none_is_cut_off(figure):
    (axes,) = figure.axes
    boxes = [tick.get_window_extent() for tick in axes.get_yticklabels()]
    boxes += [text.get_window_extent() for text in axes.texts]
    boxes += [axes.xaxis.label.get_window_extent(), figure.legends[0].get_window_extent()]
    boxes += [text.get_window_extent() for text in figure.texts]
    for place, box in enumerate(boxes):
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0
        assert box.y1 <= figure.bbox.y1
        overlapping = [other for other in boxes[place + 1 :] if box.overlaps(other)]
        assert overlapping == []


def test_no_r_is_told(figure):
    (axes,) = figure.axes
    assert "none" in [text.get_text() for text in axes.texts]
