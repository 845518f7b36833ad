# Every door of the project. Each target sets up what it needs first; a second run costs nothing.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := $(or $(GRANARY_VENV),.venv)
PY := $(VENV)/bin/python
ARGS ?=

.PHONY: help setup setup-run run test coverage check bench simulate build screenshots locks clean

help:  ## say what can be made
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  make \1|\2/p' Makefile | column -t -s '|'

setup:  ## install what is missing: system libraries, .venv, the locked packages (for tests too)
	@tools/setup test

setup-run:
	@tools/setup run

run: setup-run  ## start the demo chain: an embedded HQ and a register, enrolled to it
	@$(VENV)/bin/granary demo $(ARGS)

test: setup  ## run every test (ARGS="-m 'not slow'" for less)
	@$(PY) -m pytest $(ARGS)

coverage: setup  ## run every test and say which lines none of them reached
	@$(PY) -m coverage run -m pytest $(ARGS)
	@$(PY) -m coverage combine --quiet
	@$(PY) -m coverage report

check: setup  ## format, lint, types, import contracts, migrations match models
	@tools/check

bench: setup  ## measure, each figure beside its floor
	@$(VENV)/bin/granary bench $(ARGS)

simulate: setup  ## chains in simulated time, seed after seed until you stop it (ARGS="--seeds 1000")
	@$(VENV)/bin/granary simulate $(ARGS)

build: setup  ## freeze the register into one folder, dist/granary
	@$(PY) -m PyInstaller --noconfirm --log-level WARN build.spec

screenshots: setup  ## draw every room in both languages and themes into screenshots/
	@$(PY) -m tests.support.gallery screenshots $(ARGS)

locks:  ## resolve requirements/*.lock again from pyproject.toml (needs uv)
	@tools/locks

clean:  ## remove what was built and measured (.venv stays)
	@rm -rf build dist screenshots .bench .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage* htmlcov *.egg-info
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
