# Each target has one line of help: `make help`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.done: requirements.txt requirements-dev.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@touch $@

build/.npm: package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@mkdir -p build && touch $@

build/.assets: build/.npm $(wildcard build_assets/*) $(VENV)/.done
	node build_assets/build.mjs
	$(BIN)/python build_assets/enrichment.py
	$(BIN)/python -m build_assets.suites
	@touch $@

setup: $(VENV)/.done build/.assets ## install everything this project needs, build the browser assets

run: setup ## serve on this machine, with a demonstration while you have no data
	@$(BIN)/python app.py

demo: setup ## serve the demonstration, whatever data you have
	@$(BIN)/python -m dashapp serve --development --demo

serve: setup ## production: gunicorn, one process, threads (needs THREATBOARD_SECRET_KEY)
	@$(BIN)/python -m dashapp serve

test: setup ## every test, fast ones first, browser tests last
	bash tests/run

lint: $(VENV)/.done ## style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## print the numbers we promise, as ratios of one run
	$(BIN)/python -m benchmarks

.PHONY: help setup run demo serve test lint bench
