# Wellness Radar. `make run` and `make test` need Python 3.11, git and make, nothing else.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
BIN := .venv/bin
export PORT

.DEFAULT_GOAL := help
.PHONY: help run test suite test-pg browser lint types messages lock bars bench kill-test clean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: .venv/product ## Run site, desk, workers, beat and mailbox with the demonstration (EMBEDDED=1, SQLite, no servers)
	@$(BIN)/python -m config.launch

test: lint types suite ## Check style, types, contracts, and run the suite on SQLite

suite: .venv/tools
	@echo "== The suite, on SQLite. Left out here and required in CI: PostgreSQL, Redis, the browser, the corpora."
	@$(BIN)/python -m pytest -n auto -m "not browser and not corpus"

test-pg: .venv/tools ## The same suite on PostgreSQL and Redis, with the corpora (needs DATABASE_URL, CELERY_BROKER_URL)
	@: $${DATABASE_URL:?Say which PostgreSQL: DATABASE_URL=postgres://user@host:5432/name make test-pg}
	@: $${CELERY_BROKER_URL:?Say which Redis: CELERY_BROKER_URL=redis://host:6379/1 make test-pg}
	@echo "== The suite on PostgreSQL and Redis, and the corpora."
	@$(BIN)/python -m pytest -n auto -m "not browser"

browser: .venv/tools ## The browser tests (needs Chromium; CHROMIUM=/path, default /usr/bin/chromium)
	@echo "== The browser tests, in Chromium."
	@$(BIN)/python -m pytest -n 2 -m browser

lint: .venv/tools ## Style, templates, import contracts
	@echo "== Style (ruff), templates (djade), direction of imports (import-linter)."
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@git ls-files -z -- '*.html' | xargs -0 $(BIN)/djade --check --target-version 5.2
	@$(BIN)/lint-imports

types: .venv/tools ## Types (mypy --strict)
	@echo "== Types (mypy --strict)."
	@$(BIN)/mypy config evidence articles newsletter tests manage.py

messages: .venv/tools ## Collect words for translation and compile both catalogues (collecting needs gettext)
	@EMBEDDED=1 $(BIN)/python manage.py makemessages --locale zh_Hant --locale en --no-obsolete --no-wrap \
		--ignore '.venv/*' --ignore 'var/*' --ignore 'tests/*'
	@EMBEDDED=1 $(BIN)/python -m tools.catalogues

lock: ## Make the hashed lock files anew from requirements*.in
	@$(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header requirements.in -o requirements.txt
	@$(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.txt

bars: .venv/tools ## The heavy checks: Lighthouse over the pages, and every link of 1,000 delivered mails
	@$(BIN)/python -m tools.sending.links
	@$(BIN)/python -m tools.bars

bench: .venv/tools ## Measure, each figure beside a baseline in the same run (the brief's needs PostgreSQL's programs and Redis)
	@EMBEDDED=1 $(BIN)/python -m tools.bench
	@$(BIN)/python -m tools.bench_import
	@EMBEDDED=1 $(BIN)/python -m tools.grading_scale
	@$(BIN)/python -m tools.sending.speed

KILLS ?= 20
RECIPIENTS ?= 6000
TRIALS ?=
kill-test: .venv/tools ## Kill senders, queue and database while a brief is being sent, and count every message
	@$(BIN)/python -m tools.sending.kills --kills $(KILLS) --recipients $(RECIPIENTS) $(TRIALS)

clean: ## Forget the demonstration's database and files (var/)
	@rm -rf var

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "This needs Python 3.11 or newer: say where it is with make PYTHON=...")'
	@echo "== Making a virtual environment in .venv"
	@$(PYTHON) -m venv .venv

.venv/product: requirements.txt | .venv/bin/python
	@echo "== Installing what the product runs on (hashes checked; a minute on a new machine)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/tools: requirements-dev.txt | .venv/bin/python
	@echo "== Installing what building and testing need (hashes checked; a minute or two on a new machine)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/product
