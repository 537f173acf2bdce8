# The few commands a person needs. `make` alone lists them.

# May be set on the command line:
#   PYTHON   what makes .venv
#   WORKERS  notebooks tested side by side, and THREADS for each
#   NB       test, nbs: only this notebook
#   FLAGS    test: run the cells with these flags too, as in FLAGS='slow network'
#   NANOGPT  race, bench: a checkout of nanoGPT, for race with its characters prepared; without it only our side runs
#   ARGS     demo: further options of tinygpt_train; preview: --port N
PYTHON  ?= python3
WORKERS ?= 2
THREADS ?= 1
NB      ?=
FLAGS   ?=
ARGS    ?=

BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY  := $(BIN)/python$(if $(filter Windows_NT,$(OS)),.exe)
BENCHMARK := nbs/90_benchmark.ipynb
SPEEDRUN := nbs/91_speedrun.ipynb
SITE := nbs/tests/03_site.ipynb
NOTEBOOKS = $(sort $(shell find nbs -name '*.ipynb' ! -path '*/.*' ! -path '*/_*'))

# Commands that a notebook starts find the environment's programs first.
RUN = PATH="$$PWD/$(BIN):$$PATH"
LIMIT = OMP_NUM_THREADS=$(THREADS)
KERNEL = $(RUN) $(PY) .ci/execute.py
BESIDE = $(if $(NANOGPT),NANOGPT="$(abspath $(NANOGPT))")

# pip reads both; the second is for build environments. Relative, because pip splits them at spaces.
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1
# Another environment that is active in the shell must not leak in.
unexport PYTHONPATH PYTHONHOME PIP_USER VIRTUAL_ENV

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test nbs bench race docs preview browser lab readme prepare check check-sync check-readme check-deps \
        check-workflow check-wheel check-docs clean generated-readme

help: ## list these commands
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /|/' | awk -F '|' '{ printf "make %-15s %s\n", $$1, $$2 }'

demo: .venv/.installed ## set up, train on Shakespeare, print a sample
	@mkdir -p models
	$(BIN)/tinygpt_train --out models/demo --overwrite $(ARGS)

test: .venv/.installed-dev ## test the notebooks
	@$(RUN) $(LIMIT) $(BIN)/nbdev_test $(if $(NB),--path $(NB)) $(if $(FLAGS),--flags '$(FLAGS)') --n_workers $(WORKERS) --do_print --timing

nbs: .venv/.installed-dev ## run the notebooks in a Jupyter kernel and save their outputs
	@$(LIMIT) $(KERNEL) $(or $(NB),$(filter-out $(BENCHMARK) $(SPEEDRUN) $(SITE),$(NOTEBOOKS))); status=$$?; $(BIN)/nbdev_clean; exit $$status

bench: .venv/.installed-dev ## run the benchmark, save its outputs, print its table
	@table=$$(mktemp) && $(BESIDE) TINYGPT_BENCH_OUT="$$table" $(KERNEL) $(BENCHMARK); status=$$?; \
	$(BIN)/nbdev_clean --fname $(BENCHMARK); cat "$$table"; rm -f "$$table"; exit $$status

race: .venv/.installed-dev ## run the speedrun, beside nanoGPT where NANOGPT names one, save its outputs
	@$(BESIDE) $(KERNEL) $(SPEEDRUN); status=$$?; $(BIN)/nbdev_clean --fname $(SPEEDRUN); exit $$status

docs: .venv/.installed-docs ## build the site into _docs
	@$(RUN) $(LIMIT) $(PY) .ci/docs.py

preview: .venv/.installed-docs ## serve the site, rebuild it at each change
	@$(RUN) $(LIMIT) $(PY) .ci/docs.py --preview $(ARGS)

browser: docs ## test the site in headless Chromium, save the notebook's outputs
	@$(LIMIT) $(KERNEL) $(SITE); status=$$?; $(BIN)/nbdev_clean --fname $(SITE); exit $$status

lab: .venv/.installed-dev ## open JupyterLab
	@$(RUN) $(BIN)/jupyter lab

readme: generated-readme ## make README.md from nbs/index.ipynb
	@cp build/readme/README.md README.md
	@if [ -d build/readme/README_files ]; then rm -rf README_files && cp -R build/readme/README_files .; fi

generated-readme: .venv/.installed-dev
	@rm -rf build/readme && $(PY) .ci/readme.py build/readme

prepare: .venv/.installed-dev ## export, clean, test, make the README
	$(BIN)/nbdev_export
	$(BIN)/nbdev_clean
	@$(MAKE) --no-print-directory test readme

check: check-sync check-readme check-deps check-workflow check-wheel check-docs ## the other checks of CI

check-sync: .venv/.installed-dev ## nbdev_clean and nbdev_export would change nothing
	@rm -rf build/sync && mkdir -p build/sync && cp -R settings.ini nbs tinygpt_nb build/sync
	@find build/sync/tinygpt_nb -name '*.py' ! -name __init__.py -exec rm {} +
	@bin="$$PWD/$(BIN)" && cd build/sync && "$$bin/nbdev_clean" && "$$bin/nbdev_export"
	@for folder in nbs tinygpt_nb; do \
	  diff -r -x __pycache__ $$folder build/sync/$$folder > build/sync/diff || \
	    { head -n 40 build/sync/diff; echo "$$folder: run nbdev_clean and nbdev_export" >&2; exit 1; }; \
	done
	@echo 'ok: clean and export change nothing'

check-readme: generated-readme ## README.md is what nbs/index.ipynb gives
	@diff README.md build/readme/README.md || { echo 'README.md: run make readme' >&2; exit 1; }
	@if [ -d build/readme/README_files ]; then diff -r README_files build/readme/README_files; fi
	@echo 'ok: the README is up to date'

check-deps: .venv/.installed-dev ## what is installed fits together
	@$(PY) -m pip check

check-workflow: .venv/.installed-dev ## the workflows are valid
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yaml

check-wheel: .venv/.installed-dev ## the wheel builds, installs in an empty environment, works there
	@bash .ci/wheel $(PY)

check-docs: docs ## smalldocs has nothing to say about the site
	@$(RUN) $(LIMIT) $(BIN)/smalldocs check _proc
	@echo 'ok: the site builds, with no warning'

clean: ## remove what can be made again (.venv and models stay)
	rm -rf _proc _docs build dist *.egg-info
	find nbs tinygpt_nb '(' -name __pycache__ -o -name .ipynb_checkpoints -o -name .hypothesis ')' -prune -exec rm -rf {} +

# The stamps: nothing is installed twice, and the dev set comes on top of the package.
INPUTS := settings.ini setup.py pyproject.toml constraints.txt
NEEDS := import sys; sys.exit(None if sys.version_info >= (3, 11) else "tinygpt_nb needs Python 3.11 or newer, and this is %d.%d; name another: make PYTHON=..." % sys.version_info[:2])

.venv/.installed: $(INPUTS) | $(PY)
	@echo 'Installing the package into .venv (minutes the first time) ...'
	@$(PY) -c '$(NEEDS)'
	@$(PY) -m pip install -qq -e .
	@touch $@

.venv/.installed-dev: $(INPUTS) | $(PY)
	@echo 'Installing the package and the dev set into .venv (minutes the first time) ...'
	@$(PY) -c '$(NEEDS)'
	@$(PY) -m pip install -qq -e '.[dev]'
	@touch .venv/.installed $@

# KaTeX for the site's formulas: its official files, as this package carries them. Only the files; not Django.
.venv/.installed-docs: .venv/.installed-dev
	@$(PY) -m pip install -qq --no-deps --upgrade --target .venv/katex djangocms-katex
	@touch $@

$(PY):
	@$(PYTHON) -c '' 2>/dev/null || { echo 'tinygpt_nb: no $(PYTHON) here; install Python 3.11 or newer, or name one: make PYTHON=...' >&2; exit 1; }
	@$(PYTHON) -c '$(NEEDS)'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo 'tinygpt_nb: $(PYTHON) lacks the venv module; install it (python3-venv on Debian and Ubuntu)' >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version)"
	@rm -f .venv/.installed*
	@$(PYTHON) -m venv .venv || { rm -f $@; exit 1; }
