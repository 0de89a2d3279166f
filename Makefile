# The commands to know: `make chat`, `make test`, `make check`. Everything lives in .venv; nothing else is touched.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: chat test quick long memory check fuzz histories environment commands picture fix clean

chat: .venv/installed  ## set up and talk
	@$(BIN)/carrel chat

test: .venv/installed-test check  ## every check that CI runs, all tests with their coverage
	$(BIN)/python -m pytest -n logical --maxprocesses 8 --cov=carrel --cov-report=term-missing:skip-covered

quick: .venv/installed-test  ## the tests that start no process, open no socket and take no second: under a minute
	$(BIN)/python -m pytest -n logical --maxprocesses 8 -m 'not (slow or process or terminal or network)'

long: .venv/installed-test  ## the story of 2,000 turns in a window of 4,000 tokens; takes minutes
	CARREL_STORY_TURNS=2000 $(BIN)/python -m pytest -s tests/stories/test_long_talk.py

memory: .venv/installed-test  ## 200 random turns undone and redone, 50 words from every door forgotten; takes a quarter of an hour
	CARREL_UNDO_TURNS=200 CARREL_FORGET_WORDS=50 $(BIN)/python -m pytest tests/stories/test_undo.py tests/stories/test_forgetting.py

check: .venv/installed-test  ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fuzz: .venv/installed-test  ## a thousand sequences of faults, and 100,000 examples for each parser; about half an hour
	CARREL_FUZZ=1 $(BIN)/python -m pytest tests/fuzz

histories: .venv/installed-test  ## 100,000 random histories, each sent to every strict server; about ten minutes
	CARREL_FUZZ=1 $(BIN)/python -m pytest tests/fuzz/test_histories.py

environment: .venv/installed-test  ## every command in every trouble of the environment, each in a process; about ten minutes
	CARREL_MATRIX=1 $(BIN)/python -m pytest -n logical --maxprocesses 8 tests/cli/test_environment.py

commands: .venv/installed  ## write docs/commands.md from the help
	$(BIN)/python docs/commands.py

picture: .venv/installed  ## draw the picture of the README: two chats in a real terminal; needs tmux
	$(BIN)/python docs/picture.py

fix: .venv/installed-test  ## format and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Carrel needs Python 3.11 or newer; set PYTHON=…")'
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing into .venv; the first time takes a few minutes."
	$(PIP) --editable .
	@touch $@

.venv/installed-test: .venv/installed
	$(PIP) --editable '.[test]'
	@touch $@

clean:  ## remove .venv and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
