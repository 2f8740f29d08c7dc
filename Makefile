# `make demo` and `make test` are all a newcomer needs. Everything else is listed by `make help`.
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
RUN := $(VENV)/run.stamp
DEV := $(VENV)/dev.stamp
SOURCES := intake triage search cms tests manage.py
PYTEST := $(PY) -m pytest
# Compiled modules are kept, whatever the shell says: without them each start takes seconds longer.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo demo-reset test check style types fmt messages bench soak model lock

help:
	@echo "make demo [PORT=8000]   a sample county to click through, on this machine only"
	@echo "make demo-reset         the same from the beginning: what was entered is deleted"
	@echo "make setup              .venv with what the product needs"
	@echo "make test               the tests: SQLite, no browser"
	@echo "make check              style, types, contracts, messages; tests on PostgreSQL, in a browser"
	@echo "make bench              measures intake, reading, routing, search; prints tables"
	@echo "make soak               what takes longer than CI allows, e.g. 1,000 kills"
	@echo "make fmt messages lock model   format; compile translations; lock requirements; train the model"

setup: $(RUN)

$(RUN): requirements/run.txt requirements/uv.txt requirements/install.sh
	@requirements/install.sh run
	@touch $@

$(DEV): requirements/dev.txt requirements/uv.txt requirements/install.sh
	@requirements/install.sh dev
	@touch $@ $(RUN)

demo: $(RUN)
	@FLYPAPER_DEMO=1 $(PY) manage.py demo --port $(PORT)

demo-reset: $(RUN)
	@FLYPAPER_DEMO=1 $(PY) manage.py demo --port $(PORT) --reset

test: $(DEV)
	@$(PYTEST) -n auto --maxprocesses 2 -m "not browser and not soak"

check: style types
	@$(PY) -m tests.services --database $(PYTEST) -n auto --maxprocesses 2 -m "not browser and not soak"
	@$(PYTEST) -m "browser and not soak" || [ $$? -eq 5 ]

style: $(DEV)
	@$(VENV)/bin/ruff format --check $(SOURCES)
	@$(VENV)/bin/ruff check $(SOURCES)
	@$(VENV)/bin/lint-imports
	@DJANGO_SETTINGS_MODULE=tests.settings $(PY) manage.py makemigrations --check --dry-run
	@$(PY) -m tests.messages

types: $(DEV)
	@$(VENV)/bin/mypy intake triage search cms

fmt: $(DEV)
	@$(VENV)/bin/ruff check --fix -q $(SOURCES) || true
	@$(VENV)/bin/ruff format $(SOURCES)

messages: $(DEV)
	@$(PY) -m tests.messages --write

bench: $(DEV)
	@for what in intake reading routing search; do \
		[ ! -e tests/benchmarks/$$what.py ] || $(PY) -m tests.benchmarks.$$what || exit 1; done

soak: $(DEV)
	@$(PYTEST) -m soak

model: $(DEV)
	@$(PY) -m triage.pipeline.train

LOCK := $(VENV)/bin/uv pip compile -q --universal --generate-hashes --python-version 3.12 --no-emit-index-url --custom-compile-command "make lock"

lock: $(RUN)
	@$(LOCK) pyproject.toml -o requirements/run.txt
	@$(LOCK) pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt
