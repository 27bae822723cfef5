# The two commands of the README, and two for developers. PYTHON may name any Python 3.11-3.13.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: demo test bench lint messages clean

demo: $(VENV)/installed
	$(BIN)/gridkit demo

test: $(VENV)/installed-test
	$(BIN)/python scripts/browser.py
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/smoke.py
	$(BIN)/python -m pytest -n 2 --dist loadfile

bench: $(VENV)/installed-test
	$(BIN)/python -m benchmarks

lint: $(VENV)/installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy
	$(BIN)/lint-imports

messages: $(VENV)/installed-test
	$(BIN)/python scripts/catalogue.py

$(VENV)/installed: setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test]"
	touch $@

clean:
	rm -rf $(VENV) .venv-* build dist *.egg-info demo
