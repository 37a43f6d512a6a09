# Each target first sets up the environment that it runs in, if need be. Three choices, as in
# `make install TORCH=cpu`; once made, an environment keeps them until others are asked for:
#
#   VENV=folder    where the environment lives: .venv
#   PYTHON=path    the Python to make it with, 3.11 to 3.14: python3, or the newest there is
#   TORCH=choice   cuda: torch as the package registry has it; cpu: the torch project's CPU build;
#                  system: the torch and torchvision that the Python already has
#
# `make benchmark` takes three more:
#
#   PART=names     which parts to measure, of first_pass, twenty_epochs, epoch, memory and growth
#   QUICK=1        a trial of a few minutes, which measures nothing and leaves docs/speed.md alone
#   ELMO=folder    an ELMo to measure in place of a random one of the published size

VENV = .venv
PYTHON =
TORCH =

BIN = $(VENV)/bin
FIND_PYTHON = sh requirements/find_python.sh $(or $(PYTHON),--first $(BIN)/python)

.PHONY: help install demo test benchmark study results docs check format lock clean

help: ## say all this; plain `make` does
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1 \2/p' Makefile | while read -r make target text; \
	do printf '%s %-10s %s\n' "$$make" "$$target" "$$text"; done
	@echo; sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

install: ## set up the environment; where it is complete, do nothing
	@python=$$($(FIND_PYTHON)) || { echo "$$python" >&2; exit 1; }; \
	"$$python" requirements/install.py $(VENV) $(TORCH)

demo: export ELMO_DIR = sample/elmo
demo: export DATASET_DIR = sample/blue
demo: install ## the main job on sample data, into runs/demo; two minutes once installed
	$(BIN)/allennlp blue sample sample
	$(BIN)/allennlp train configs/ddi.jsonnet -s runs/demo --force
	$(BIN)/allennlp predict runs/demo/model.tar.gz $(DATASET_DIR)/ddi2013-type/test.tsv \
		--use-dataset-reader --silent --output-file runs/demo/predictions.tsv
	printf '{"sentence": "%s"}\n' > runs/demo/new_sentences.jsonl \
		'Never take @DRUG$$ together with @DRUG$$.' \
		'The plasma level of @DRUG$$ fell when @DRUG$$ was added.'
	$(BIN)/allennlp predict runs/demo/model.tar.gz runs/demo/new_sentences.jsonl --silent \
		--output-file runs/demo/new_predictions.jsonl
	cat runs/demo/new_predictions.jsonl
	$(BIN)/allennlp evaluate runs/demo/model.tar.gz $(DATASET_DIR)/ddi2013-type/test.tsv \
		--output-file runs/demo/scores.json
	@printf '%s\n' '' \
		'This was the sample: it shows that all works, and nothing about biomedical text.' \
		'The same with an ELMo and a corpus of your own choice (README.md says where they are):' \
		'  . $(BIN)/activate' \
		'  export ELMO_DIR=...     # the folder of options.json and weights.hdf5' \
		'  export DATASET_DIR=...  # the folder of ddi2013-type and the other corpora' \
		'  allennlp train configs/ddi.jsonnet -s runs/ddi' \
		'  allennlp evaluate runs/ddi/model.tar.gz $$DATASET_DIR/ddi2013-type/test.tsv'

test: export OMP_NUM_THREADS = 1
test: install ## the test suite, in two processes of one thread each
	$(BIN)/python -m pytest -n 2 --dist loadfile

benchmark: install ## measure speed and memory against stock, into docs/speed.md; 40 minutes
	$(BIN)/python -m benchmarks $(PART) $(if $(QUICK),--quick) $(if $(ELMO),--elmo $(ELMO))

study: install ## try each option of the architecture on real corpora, into docs/study.md; fourteen hours
	$(BIN)/python -m study

results: install ## train every corpus at hand over three seeds, into docs/results.md; two hours
	$(BIN)/python -m study.full_table

docs: install ## write what the configs give: docs/config.md, and the table of tasks in README.md
	$(BIN)/python -m docs.config_reference
	$(BIN)/python -m docs.task_table

check: install ## what the linter, the formatter and the type checker say
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install ## have the linter and the formatter mend what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: install ## pin all versions anew where setup.cfg asks; UV=--upgrade: all of them
	$(BIN)/uv pip compile setup.cfg --extra dev --overrides requirements/overrides.txt \
		--universal --python-version 3.11 --no-annotate --custom-compile-command 'make lock' \
		--output-file requirements/lock.txt $(UV)

clean: ## remove the environment, the sample and the demo's run
	rm -rf $(VENV) sample runs/demo
