# Each target has one line of help: `make help`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
NPM := npm ci --no-audit --no-fund --loglevel=error

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing Python packages"
	@$(PIP) --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

build/.npm: package.json package-lock.json
	@echo "installing browser packages"
	@$(NPM) --omit=dev
	@mkdir -p build && touch $@

build/.npm-dev: package.json package-lock.json
	@$(NPM)
	@mkdir -p build && touch build/.npm $@

build/.assets: $(VENV)/.run build/.npm $(wildcard build_assets/*)
	@echo "building browser assets and look-up tables"
	@node build_assets/build.mjs
	@$(BIN)/python build_assets/enrichment.py
	@$(BIN)/python -m build_assets.suites
	@touch $@

setup: build/.assets ## install what running needs, build the browser assets
setup-dev: $(VENV)/.dev build/.npm-dev build/.assets

run: setup ## serve on this machine, with a demonstration while you have no data
	@$(BIN)/python app.py

demo: setup ## serve the demonstration, whatever data you have
	@$(BIN)/python -m dashapp serve --development --demo

serve: setup ## production: gunicorn, one process, threads (needs THREATBOARD_SECRET_KEY)
	@$(BIN)/python -m dashapp serve

test: setup-dev ## every test: fast, slow and real servers, browser
	@bash tests/run

lint: $(VENV)/.dev ## style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## print the numbers we promise, as ratios of one run
	@$(BIN)/python -m benchmarks

.PHONY: help setup setup-dev run demo serve test lint bench
