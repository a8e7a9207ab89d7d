.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Some containers set it; the many processes of a film and of the tests would each compile everything anew.
unexport PYTHONDONTWRITEBYTECODE
UV := $(VENV)/.uv/bin/uv
# End-to-end tests wait for half of their time: more processes than cores, which take whole files in the order of tests/conftest.py.
AT_ONCE := -n 4 --dist loadfile --no-loadscope-reorder

TITLE ?=
DESCRIPTION ?=

.PHONY: help setup setup-dev demo up test all-tests test-fast lint types fix bench openapi migrate lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PYTHON) -m venv $(VENV)/.uv
	$(VENV)/.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9

# A development environment has everything that the plain one has, so either satisfies `setup`.
$(VENV)/.app: requirements.lock pyproject.toml | $(UV)
	@if [ -f $(VENV)/.dev ]; then $(MAKE) --no-print-directory $(VENV)/.dev; else \
	$(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock && \
	$(UV) pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .; fi
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(UV)
	$(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements-dev.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@touch $@ $(VENV)/.app

setup: $(VENV)/.app ## Install everything that running needs
setup-dev: $(VENV)/.dev ## Install everything that developing needs

demo: setup ## Make a real film without a key: make demo [TITLE="..." DESCRIPTION="..."]
	@TITLE="$$TITLE" DESCRIPTION="$$DESCRIPTION" $(BIN)/video-system demo
demo: export TITLE := $(value TITLE)
demo: export DESCRIPTION := $(value DESCRIPTION)

up: setup ## Start Prefect, a worker and the API on this machine
	@exec $(BIN)/video-system up

test: lint ## Lint, types and all tests
	@$(MAKE) --no-print-directory -j2 types all-tests

all-tests: setup-dev
	$(BIN)/pytest $(AT_ONCE)

test-fast: setup-dev ## The tests that take seconds
	$(BIN)/pytest -m "not slow" $(AT_ONCE)

lint: setup-dev ## Style, format and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: setup-dev ## mypy, strict
	$(BIN)/mypy

fix: setup-dev ## Format, and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup-dev ## Measure the render against its rivals
	$(BIN)/python -m bench.render

openapi: setup ## Write sdk/openapi.json
	@mkdir -p sdk && $(BIN)/video-system openapi --out sdk/openapi.json

migrate: setup ## Bring the database to the newest shape
	$(BIN)/video-system migrate

lock: $(UV) ## Resolve the locks anew
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --extra dev pyproject.toml -o requirements-dev.lock

clean: ## Remove what was installed; .data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
