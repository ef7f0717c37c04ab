# make lab    sets everything up and opens JupyterLab on the first notebook
# make test   sets everything up and runs every check and every test
# The other verbs: install check build docs bench fuzz. All may be repeated; what is done is not done again.

SHELL := bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
STATIC := widgets/algorave_widgets/static
KERNELSPEC := $(wildcard algorave_kernel/kernelspec/*)
# Of pip's many lines, those that show it is getting on.
QUIET := { grep --line-buffered -E '^(Collecting|Processing|Building|Installing|ERROR|error)' | cut -c1-100 || true; }

.PHONY: help lab test install check build unit docs bench fuzz clean FORCE

help: ## say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

$(BIN)/python:
	@scripts/needs.sh python >/dev/null
	@echo "== a virtual environment in $(VENV)"
	@"$$(scripts/needs.sh python)" -m venv $(VENV)
	@$(PIP) install --quiet --upgrade 'pip>=25.1'

# Written anew only when the front end was built anew, so what depends on it rests otherwise.
$(STATIC)/sources.sha256: FORCE | $(BIN)/python
	@scripts/needs.sh node
	@echo "== the front end"
	@$(BIN)/python widgets/front_end.py

$(VENV)/installed: $(STATIC)/sources.sha256 pyproject.toml server_ext/jupyter-config/algorave.json $(KERNELSPEC)
	@echo "== the Python packages (a minute or two the first time)"
	@set -o pipefail; $(PIP) install --editable '.[frames]' | $(QUIET)
	@touch $@

$(VENV)/developing: $(VENV)/installed pyproject.toml
	@echo "== the packages for tests and checks"
	@set -o pipefail; $(PIP) install --group dev | $(QUIET)
	@touch $@

install: $(VENV)/developing ## everything for developing, into .venv

build: $(VENV)/developing ## the wheel and the source archive, into dist/
	@echo "== wheel and source archive"
	@$(BIN)/python -m build --outdir dist

lab: $(VENV)/installed ## open JupyterLab on the first notebook
	@echo "== JupyterLab"
	@$(BIN)/algorave lab notebooks/01_first_pattern.ipynb

check: $(VENV)/developing ## linters, types, floors
	@echo "== ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "run: $(BIN)/ruff format ."; exit 1; }
	@echo "== import-linter"
	@$(BIN)/lint-imports --no-cache
	@echo "== pyright"
	@$(BIN)/pyright
	@echo "== tsc"
	@cd widgets && npx --no-install tsc --noEmit
	@echo "== biome"
	@cd widgets && npx --no-install biome check .

unit: $(VENV)/developing
	@echo "== vitest"
	@cd widgets && npx --no-install vitest run

test: check unit ## every check and every test, browser and notebooks included
	@scripts/needs.sh chromium
	@echo "== pytest"
	@$(BIN)/python -m pytest --nbval-lax tests notebooks

docs: $(VENV)/developing ## write what is made from code into the pages, and check them
	@$(BIN)/python scripts/settings_table.py
	@$(BIN)/python -m pytest -q tests/test_house.py -k docs

bench: $(VENV)/developing ## the benchmarks, one after the other
	@scripts/needs.sh chromium
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python "$$file" || exit 1; done

fuzz: $(VENV)/developing ## the property tests with many more examples
	@HYPOTHESIS_PROFILE=fuzz ALGORAVE_FUZZ_CASES=1000000 $(BIN)/python -m pytest --timeout 1800 \
		-m "not browser and not package" tests

clean: ## remove what was built; the virtual environment stays
	@rm -rf dist $(STATIC) widgets/algorave_widgets/labextension $(VENV)/installed $(VENV)/developing
