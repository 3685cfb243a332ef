# One command for each habit. Everything is installed into .venv; nothing else is needed than python3 (3.11 or newer).

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
SEEDS ?= seeds
DATA ?= $(CURDIR)/runs/$(if $(filter seeds,$(SEEDS)),data,own)
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable chrome
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help serve test quick lint evaluate bench train docs clean

help:
	@echo "make serve     build the index of $(SEEDS)/ and serve the page (HOST=$(HOST) PORT=$(PORT) DATA=... SEEDS=... ARGS=--replace)"
	@echo "make test      lint, types and every test"
	@echo "make quick     lint, and the tests that need no model and no browser"
	@echo "make lint      ruff and mypy"
	@echo "make evaluate  measure the answers         (ARGS=...)"
	@echo "make bench     measure time and throughput (ARGS=...)"
	@echo "make train     train the reader            (ARGS=...)"
	@echo "make docs      take the README's pictures and outputs anew"

serve: $(VENV)/installed
	$(BIN)/qa serve --articles "$(SEEDS)" --data "$(DATA)" --host $(HOST) --port $(PORT) $(ARGS)

test: lint $(VENV)/browser
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

quick: $(VENV)/installed-test
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/python -m pytest -q -m "not model and not browser and not slow" $(ARGS)

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

evaluate: $(VENV)/installed
	$(BIN)/qa evaluate $(ARGS)

bench: $(VENV)/installed
	$(BIN)/qa bench $(ARGS)

train: $(VENV)/installed
	$(PIP) --editable ".[train]"
	$(BIN)/python -m qa.lab.train.main $(ARGS)

docs: $(VENV)/installed-test $(VENV)/browser
	$(BIN)/python docs/reference.py
	$(BIN)/python docs/licences.py
	$(BIN)/python docs/refresh.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info

# Stamps: a target runs again only when pyproject.toml has changed since, so a second `make serve` starts at once.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing into $(VENV) (a few minutes the first time) ..."
	$(PIP) --editable .
	@touch $@

$(VENV)/installed-test: pyproject.toml | $(VENV)/bin/python
	@echo "Installing into $(VENV), with what the tests need (a few minutes the first time) ..."
	$(PIP) --editable ".[test]"
	@touch $@ $(VENV)/installed

# The page is tested in the system's own browser, so that no second one is downloaded.
$(VENV)/browser: | $(VENV)/bin/python
	@for name in $(BROWSERS); do command -v $$name >/dev/null 2>&1 && found=$$name; done; \
	if [ -z "$$found" ]; then \
		command -v apt-get >/dev/null 2>&1 || { echo "The page's tests need a browser: install Chromium or Chrome." >&2; exit 1; }; \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		echo "Installing Chromium, which the page's tests drive ..."; \
		$$sudo apt-get update -qq && \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends chromium; \
	fi
	@touch $@
