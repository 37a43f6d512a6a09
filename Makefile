# Each target first sets up its environment if necessary. Variables, as in `make install TORCH=cpu`;
# an environment keeps its choices until you set others:
#
#   VENV=folder    folder of the environment: .venv
#   PYTHON=path    Python 3.11 to 3.14 to create it with: python3, or the newest installed
#   TORCH=choice   cuda: torch from the package registry; cpu: the torch project's CPU build;
#                  system: the torch and torchvision of that Python
#
# More variables of `make benchmark`:
#
#   PART=names     parts to measure, of first_pass, twenty_epochs, epoch, memory and growth
#   QUICK=1        a trial of a few minutes; does not write docs/speed.md
#   ELMO=folder    an ELMo to measure instead of a random one of the published size

VENV = .venv
PYTHON =
TORCH =

BIN = $(VENV)/bin
FIND_PYTHON = sh requirements/find_python.sh $(or $(PYTHON),--first $(BIN)/python)

.PHONY: help install demo test benchmark study results docs check format lock clean

help: ## show this help (the default)
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1 \2/p' Makefile | while read -r make target text; \
	do printf '%s %-10s %s\n' "$$make" "$$target" "$$text"; done
	@echo; sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

install: ## set up the environment unless it is complete
	@python=$$($(FIND_PYTHON)) || { echo "$$python" >&2; exit 1; }; \
	"$$python" requirements/install.py $(VENV) $(TORCH)

demo: export ELMO_DIR = sample/elmo
demo: export DATASET_DIR = sample/blue
demo: install ## train, predict and evaluate on sample data, into runs/demo; two minutes
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
		'This was the sample: it only checks that everything runs; its scores mean nothing.' \
		'With your own ELMo and corpora (sources: README.md):' \
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

study: install ## measure each option on real corpora, into docs/study.md; fourteen hours
	$(BIN)/python -m study

results: install ## train every available corpus over three seeds, into docs/results.md; two hours
	$(BIN)/python -m study.full_table

docs: install ## generate docs/config.md and the table of tasks in README.md from the configs
	$(BIN)/python -m docs.config_reference
	$(BIN)/python -m docs.task_table

check: install ## run the linter, the formatter and the type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install ## fix what the linter and the formatter can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: install ## pin all versions again after a change of setup.cfg; UV=--upgrade: upgrade all
	$(BIN)/uv pip compile setup.cfg --extra dev --overrides requirements/overrides.txt \
		--universal --python-version 3.11 --no-annotate --custom-compile-command 'make lock' \
		--output-file requirements/lock.txt $(UV)

clean: ## remove the environment, the sample and the demo's run
	rm -rf $(VENV) sample runs/demo
