# Everything a clone needs, from Python 3.11 and pip alone.
#   make deck   check content/ and build the deck
#   make test   run every check

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: deck test clean

deck: $(VENV)/.deck
	$(BIN)/ankigen build content

test: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

# Each stamp says what the environment holds: the program, or the program and the tools that test it.
$(VENV)/.deck: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ankigen needs Python 3.11 or newer, and this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11 " + "deck")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.test: $(VENV)/.deck
	$(PIP) install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

clean:
	rm -rf $(VENV) dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
