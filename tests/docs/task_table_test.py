"""The table in README.md is what the configs give."""

import pytest

from bluelmo_plugins.tasks import blue_tasks
from docs.task_table import BEGIN, END, README, task_table, with_table


@pytest.fixture(scope="module")
def table() -> str:
    return task_table()


def test_the_readme_has_the_table_of_the_configs(table):
    page = README.read_text(encoding="utf-8")
    assert page == with_table(page, table), "`make docs` writes the table anew"


def test_each_task_has_a_row_with_all_that_is_asked_of_it(table):
    header, _, *rows = [line.strip("| ").split(" | ") for line in table.splitlines()]
    assert [row[0] for row in rows] == [task.name for task in blue_tasks()]
    named = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert named["ddi"] == {
        "config": "ddi",
        "folder": "ddi2013-type",
        "corpus": "DDI 2013 (SemEval-2013 task 9), sentences of DrugBank and MEDLINE",
        "where to get it": "BLUE's release (https://github.com/ncbi-nlp/BLUE_Benchmark), "
        "made from https://github.com/isegura/DDICorpus",
        "licence": "CC BY-NC 4.0",
        "BLUE's score": "macro F1 of all labels but DDI-false",
        "published with ELMo": "62.0",
    }


def test_only_what_is_between_the_marks_is_written():
    page = with_table(f"a\n{BEGIN}old\n{END}b\n", "new")
    assert page == f"a\n{BEGIN}\nnew\n\n{END}b\n"
    assert with_table(page, "new") == page
    with pytest.raises(ValueError, match="lacks one of the lines"):
        with_table(f"a\n{BEGIN}old\n", "new")
