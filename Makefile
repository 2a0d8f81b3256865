# Everything a clone needs, from Python 3.11 and pip alone.
#   make deck   check content/ and build the deck
#   make test   run every check
#   make bench  race against peers; with ARGS="--sizes 100,1000 --runs 1", a short one

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: deck test bench clean

deck: $(VENV)/.deck
	$(BIN)/ankigen build content

test: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks $(ARGS)

# Each stamp says what the environment holds: the program, and the tools that test it or its peers in races.
$(VENV)/.deck: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ankigen needs Python 3.11 or newer, and this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11 " + "deck")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.test: $(VENV)/.deck
	$(PIP) install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

$(VENV)/.bench: $(VENV)/.deck
	$(PIP) install --quiet --constraint constraints.txt --editable '.[bench]'
	touch $@

clean:
	rm -rf $(VENV) dist .mypy_cache .pytest_cache .bench_cache .ruff_cache .hypothesis .import_linter_cache
