"""`allennlp blue check`: what it prints, and how it ends."""

import argparse
import shutil

import pytest

from bluelmo_plugins.commands.check import Check
from bluelmo_plugins.commands.sample import Sample
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.tasks import load_task
from tests.configs.jsonnet_files import CONFIGS


@pytest.fixture(autouse=True)
def _no_folders(monkeypatch):
    monkeypatch.delenv("ELMO_DIR", raising=False)
    monkeypatch.delenv("DATASET_DIR", raising=False)


@pytest.fixture
def check(capsys):
    """Runs the command and gives its status and what it printed."""

    def run(*arguments: object) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        verb = Check()
        verb.add_arguments(parser)
        args = parser.parse_args([str(argument) for argument in arguments])
        status = 0
        try:
            verb.run(args)
        except SystemExit as end:
            status = int(end.code or 0)
        return status, capsys.readouterr().out

    return run


@pytest.fixture
def _few_tasks(monkeypatch):
    """Ten take long; those that nobody named are the same in a few."""
    names = ("biosses", "ddi", "chemprot")
    monkeypatch.setattr(
        "bluelmo_plugins.commands.check.blue_tasks",
        lambda folders: [load_task(name, folders) for name in names],
    )


@pytest.fixture
def corpora(tmp_path, sample_corpora):
    """Some corpora that a test may change."""
    folder = tmp_path / "blue"
    for name in ("BIOSSES", "ddi2013-type", "ShAReCLEFEHealthCorpus"):
        shutil.copytree(sample_corpora / name, folder / name)
    return folder


def block(printed: str, task: str) -> list[str]:
    titles = (f"{task}:", f"{task} ")
    (found,) = [each for each in printed.split("\n\n") if each.startswith(titles)]
    return found.split("\n")


def test_the_sample_is_all_there_and_labelled(tmp_path, check, capsys):
    parser = argparse.ArgumentParser()
    sample = Sample()
    sample.add_arguments(parser)
    sample.run(parser.parse_args([str(tmp_path)]))
    capsys.readouterr()
    status, printed = check("--elmo-dir", tmp_path / "elmo", "--dataset-dir", tmp_path / "blue")
    assert status == 0
    assert f"ELMo [sample ELMo]: {tmp_path / 'elmo'}\n" in printed
    assert printed.count("[sample corpus]") == 10
    assert "published" not in printed, "a sample is not held against BLUE's figures"
    *_, disclaimer, end = printed.split("\n\n")
    assert "prove nothing about biomedical text" in disclaimer
    ready, following = end.rstrip("\n").split("\n")
    assert ready.startswith("Ready to train: clnclsts, biosses, bc5cdr-dz, ")
    assert following.startswith("Next: allennlp train ")
    assert following.endswith("clnclsts.jsonnet -s runs/clnclsts")


def test_a_block_says_files_layout_and_numbers(check, corpora, tiny_elmo):
    status, printed = check("ddi", "--elmo-dir", tiny_elmo, "--dataset-dir", corpora)
    assert status == 0
    title, files, layout, header, *rows = block(printed, "ddi")
    assert title.startswith("ddi: DDI 2013 ")
    assert files == f"  files    {corpora / 'ddi2013-type'}: train.tsv, dev.tsv, test.tsv"
    assert layout == "  layout   index, sentence, label, by the header; fields separated by tabs"
    assert header.split() == ["train", "dev", "test"]
    numbers = {row.split("  ")[1]: row.split()[-3:] for row in rows if row[-1].isdecimal()}
    assert numbers["rows"] == [
        f"{len((corpora / 'ddi2013-type' / name).read_text().splitlines()) - 1:,}"
        for name in ("train.tsv", "dev.tsv", "test.tsv")
    ]
    assert {"positives", "negatives", "DDI-false", "DDI-int"} <= numbers.keys()
    assert any(row.startswith("    published") and "2,937" in row for row in rows)


def test_the_variables_say_where_to_look(check, corpora, tiny_elmo, monkeypatch):
    monkeypatch.setenv("ELMO_DIR", str(tiny_elmo))
    monkeypatch.setenv("DATASET_DIR", str(corpora))
    status, printed = check("biosses")
    assert (status, printed.split("\n\n")[-1].split("\n")[0]) == (0, "Ready to train: biosses")
    status, printed = check("biosses", "--dataset-dir", corpora / "nowhere")
    assert status == 1
    assert printed.startswith(f"DATASET_DIR: there is no folder {corpora / 'nowhere'}\n")


def test_files_under_circulating_names_and_in_two_layouts_are_told(check, corpora, tiny_elmo):
    folder = corpora / "BIOSSES"
    lines = (folder / "dev.tsv").read_text().split("\n")
    (folder / "dev.tsv").unlink()
    (folder / "Devel").write_text("\n".join(lines[1:]))
    _, printed = check("biosses", "shareclefe", "--elmo-dir", tiny_elmo, "--dataset-dir", corpora)
    found = block(printed, "biosses")
    assert found[1] == f"  files    {folder}: train.tsv, Devel, test.tsv"
    named = "index, sentence1, sentence2, score, by the header"
    assert found[2].startswith(f"  layout   train: {named}")
    assert found[3].startswith("           dev: no header, index in column 1, ")
    files = block(printed, "shareclefe")[1]
    assert files.endswith("ShAReCLEFEHealthCorpus: Training.tsv, Development.tsv, Test.tsv")


def test_leaks_and_repeats_are_counted(check, corpora, tiny_elmo):
    folder = corpora / "BIOSSES"
    train = (folder / "train.tsv").read_text().rstrip("\n").split("\n")
    (folder / "train.tsv").write_text("\n".join([*train, train[1], train[1], ""]))
    with (folder / "test.tsv").open("a") as file:
        file.write(train[1] + "\n")
    _, printed = check("biosses", "--elmo-dir", tiny_elmo, "--dataset-dir", corpora)
    rows = {" ".join(row.split()[:-1]): row.split()[-1] for row in block(printed, "biosses")}
    before = {" ".join(row.split()[:-2]): row.split()[-2:] for row in block(printed, "biosses")}
    assert rows["rows that repeat a text 2 0"] == "0"
    assert before["rows whose text train has, too"] == ["0", "1"]


@pytest.mark.usefixtures("_few_tasks")
def test_a_broken_file_is_told_with_its_place_and_the_others_are_read(check, corpora, tiny_elmo):
    path = corpora / "ddi2013-type" / "dev.tsv"
    path.write_text("index\tsentence\tlabel\n1\t@DRUG$ @DRUG$\tDDI-itn\n")
    status, printed = check("--elmo-dir", tiny_elmo, "--dataset-dir", corpora)
    assert status == 1, "what is broken counts, whoever named it"
    ddi = block(printed, "ddi")
    (broken,) = [line for line in ddi if line.startswith("  broken ")]
    assert broken.startswith(f"  broken   {path}, line 2, column 'label': unknown label 'DDI-itn'")
    assert "Did you mean 'DDI-int'?" in broken
    assert any(line.split() == ["train", "test"] for line in ddi)
    end = printed.split("\n\n")[-1].split("\n")
    assert end[:3] == [
        "Ready to train: biosses",
        "Broken: ddi",
        "Not there: chemprot",
    ]


def test_a_missing_corpus_is_told_with_where_to_get_it(check, corpora, tiny_elmo):
    where = ("--elmo-dir", tiny_elmo, "--dataset-dir", corpora)
    status, printed = check("chemprot", *where)
    assert status == 1
    assert block(printed, "chemprot")[1:] == [
        f"  missing  there is no folder {corpora / 'ChemProt'}",
        "  get it   from BLUE's release (https://github.com/ncbi-nlp/BLUE_Benchmark), "
        "made from https://biocreative.bioinformatics.udel.edu",
        "  licence  public domain, as BigBIO lists it",
    ]
    assert check("ddi", *where)[0] == 0


def test_a_missing_test_split_is_told_and_keeps_nobody_from_training(check, corpora, tiny_elmo):
    where = ("--elmo-dir", tiny_elmo, "--dataset-dir", corpora)
    (corpora / "BIOSSES" / "test.tsv").unlink()
    status, printed = check("biosses", *where)
    assert status == 0
    assert f"  missing  {corpora / 'BIOSSES' / 'test.tsv'}: no such file" in printed
    (corpora / "BIOSSES" / "dev.tsv").unlink()
    status, printed = check("biosses", *where)
    assert status == 1
    assert "\nIncomplete: biosses\n" in printed


@pytest.mark.usefixtures("_few_tasks")
def test_nothing_set_is_no_failure_unless_a_task_is_named(check, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, printed = check()
    assert status == 0
    assert printed.startswith("ELMO_DIR is not set. Set it to the folder that holds options.json")
    assert "\nDATASET_DIR is not set. Set it to the folder that holds the corpora" in printed
    assert "\n  missing  there is no folder $DATASET_DIR/ChemProt\n" in printed
    assert "Next:" not in printed
    assert check("hoc")[0] == 1


@pytest.mark.usefixtures("_few_tasks")
def test_an_empty_folder_is_no_failure_and_an_elmo_that_is_named_must_be_there(check, tmp_path):
    assert check("--dataset-dir", tmp_path)[0] == 0
    assert check("--dataset-dir", tmp_path / "no")[0] == 1
    assert check("--elmo-dir", tmp_path)[0] == 1


def test_a_corpus_without_elmo_is_ready_but_for_it(check, corpora):
    status, printed = check("ddi", "--dataset-dir", corpora)
    assert status == 1
    assert printed.endswith("\n\nReady but for ELMo: ddi\n")


def test_a_config_of_ones_own_is_checked_where_it_says(check, corpora, tiny_elmo, tmp_path):
    config = tmp_path / "mine.jsonnet"
    elmo = f"options_file:: '{tiny_elmo}/options.json', weight_file:: '{tiny_elmo}/weights.hdf5'"
    fields = f"dataset_dir:: '{corpora}', {elmo}"
    config.write_text(f"(import '{CONFIGS}/ddi.jsonnet') + {{ {fields} }}")
    status, printed = check(config)
    assert status == 0
    assert "is not set" not in printed
    assert printed.startswith(f"ELMo: {tiny_elmo}\n")
    assert printed.split("\n\n")[1].startswith("mine: DDI 2013")
    assert printed.endswith(f"Next: allennlp train {config} -s runs/mine\n")


def test_two_elmos_are_told_once_each(check, tmp_path, tiny_elmo):
    for name, elmo in (("a", tiny_elmo), ("b", tiny_elmo), ("c", tmp_path)):
        files = f"options_file:: '{elmo}/options.json', weight_file:: '{elmo}/weights.hdf5'"
        text = f"(import '{CONFIGS}/ddi.jsonnet') + {{ {files} }}"
        (tmp_path / f"{name}.jsonnet").write_text(text)
    _, printed = check(*(tmp_path / f"{name}.jsonnet" for name in "abc"))
    assert printed.count("\nELMo: ") == 2


def test_an_unknown_task_is_an_input_error_before_anything_is_read(check, capsys):
    with pytest.raises(InputError, match="unknown task 'dddi'"):
        check("hoc", "dddi")
    assert capsys.readouterr().out == ""


def test_what_a_file_holds_does_not_reach_the_terminal_as_it_is(check, tmp_path, tiny_elmo):
    folder = tmp_path / "ddi2013-type"
    folder.mkdir()
    for name in ("train", "dev", "test"):
        text = "index\tsentence\tlabel\t\x1b[2J\n1\t@DRUG$ or @DRUG$\tDDI-int\tx\n"
        (folder / f"{name}.tsv").write_text(text)
    _, printed = check("ddi", "--elmo-dir", tiny_elmo, "--dataset-dir", tmp_path)
    assert "(not read: \\x1b[2J)" in printed


def test_a_folder_without_corpus_files_says_once_what_it_holds(check, tmp_path, tiny_elmo):
    (tmp_path / "hoc").mkdir()
    (tmp_path / "hoc" / "train_docid.txt").touch()
    status, printed = check("hoc", "--elmo-dir", tiny_elmo, "--dataset-dir", tmp_path)
    assert status == 1
    missing, *rest = block(printed, "hoc")[1:]
    assert missing.startswith(f"  missing  {tmp_path / 'hoc' / 'train.tsv'}: no such file; ")
    assert "its folder holds train_docid.txt. Expected train.tsv (or train, Training," in missing
    assert [line.split()[0] for line in rest] == ["get", "licence"]
