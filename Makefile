# make run: the demo on http://localhost:8000. make test: whether it works. `make help` lists the rest.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
MANAGE := DEBUG=1 $(BIN)/python manage.py
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

PANGO := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0

# `$(APT) package…` installs Debian packages where that needs no password, and fails elsewhere.
APT := sh -c 'command -v apt-get >/dev/null || exit 1; as="env"; \
	if [ "$$(id -u)" != 0 ]; then sudo -n true 2>/dev/null || exit 1; as="sudo -n env"; fi; \
	get="$$as DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends"; \
	echo "Installing $$* …"; \
	{ $$get install "$$@" || { $$get update && $$get install "$$@"; }; } </dev/null >/dev/null 2>&1' apt

.PHONY: help run test test-all test-rest reliability bench mutants journeys check lint migrations production catalogues dependencies \
	format messages inventory lock screenshots clean pango firefox lighthouse
.DEFAULT_GOAL := help

help:
	@echo "make run          the demo clinic on http://localhost:$(PORT); PORT= and DATABASE_URL= are respected"
	@echo "make test         all but slow tests and most journeys in a browser; ARGS= goes to pytest, DATABASE_URL="
	@echo "make test-all     every test; make test-rest: those that make test leaves out"
	@echo "make bench        how fast and how large: figures, editor, paper, picker, lists, pages; ARGS= chooses a part"
	@echo "make reliability  load, kill -9, full disk, fuzz: what is lost; ARGS=--short, DATABASE_URL"
	@echo "make mutants      takes away each rule of who sees whom, and sees the tests go red; ARGS=--some takes five"
	@echo "make journeys     how many clicks and seconds, at the pace of a person"
	@echo "make firefox      a patient's morning in Firefox; make lighthouse: scores of the patient's pages"
	@echo "make check        style, migrations, production settings, translations, dependencies"
	@echo "make format       put Python, scripts and stylesheets in the house style"
	@echo "make messages     collect texts to translate, and compile the translations"
	@echo "make inventory    writes docs/inventory.md and docs/sbom.cdx.json from the app and its locks"
	@echo "make lock         write requirements*.txt anew from requirements*.in"
	@echo "make screenshots  the pictures in docs/images"
	@echo "make clean        remove what tests and tools left behind (never var/ or $(VENV)/)"

run: $(VENV)/.run pango
	@exec env DEBUG=1 PORT=$(PORT) SITE_URL=http://localhost:$(PORT) $(BIN)/python manage.py demo

# A file stays with one process: what it draws or prints for all its tests is made once.
TESTS := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: $(VENV)/.dev
	$(TESTS) -m "quick or not (browser or slow)" $(ARGS)

test-all: $(VENV)/.dev
	$(TESTS) $(ARGS)

test-rest: $(VENV)/.dev
	$(TESTS) -m "(browser or slow) and not quick" $(ARGS)

# Whether anything is lost. ARGS=--short takes a minute, ARGS="--short kill" one part of it.
reliability: $(VENV)/.dev
	@$(BIN)/python -W ignore -m tests.reliability $(ARGS)

bench: $(VENV)/.dev
	@$(BIN)/python -m tests.bench $(ARGS)

mutants: $(VENV)/.dev
	@$(BIN)/python -m tests.mutants $(ARGS)

# ------------------------------------------------------------ the virtual environment

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Rugpijn needs Python 3.11 or newer. Type:  apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Rugpijn needs Python 3.11 or newer. Have one elsewhere? Type:  make run PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(APT) python3-venv || { \
		echo "Python's venv is missing. Type:  sudo apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(BIN)/python
	@echo "Installing what requirements.txt names (about half a minute, once) …"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt | $(BIN)/python
	@echo "Installing what requirements-dev.txt names (about a minute, once) …"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.run

# Printing needs Pango. Without it the rest works, and the app says what is switched off.
pango: | $(BIN)/python
	@$(BIN)/python -c 'import ctypes; [ctypes.CDLL(f"lib{n}.so.0") for n in \
		("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")]' 2>/dev/null || $(APT) $(PANGO) || \
		echo "Printing is switched off: Pango is missing. Type:  sudo apt install $(PANGO)"

# ------------------------------------------------------------ checks

# As a practice would set it. The keys are made anew each time and kept nowhere.
A_KEY = "$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')"
PRODUCTION = env -u DEBUG SECRET_KEY=$(A_KEY) MFA_KEY=$(A_KEY) \
	SITE_URL=https://rugpijn.example ALLOWED_HOSTS=rugpijn.example DATA_DIR="$$(mktemp -d)" \
	BACKUP_KEY=rugpijn-public-wEN02jayIYsbvJRx4w3SHoDfSejutD2F0pxrExPoEkA=

check: lint migrations production catalogues dependencies

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint templates
	@if test -x $(BIN)/biome; then $(BIN)/biome check --error-on-warnings; else \
		echo "No biome for this machine: scripts and stylesheets were not checked."; fi

migrations: $(VENV)/.dev
	$(MANAGE) makemigrations --check --dry-run

production: $(VENV)/.dev
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

catalogues: $(VENV)/.dev
	$(BIN)/python -m pytest tests/project/test_project.py -k catalogue

dependencies: $(VENV)/.dev
	$(PIP) check

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@if test -x $(BIN)/biome; then $(BIN)/biome check --write; fi

# ------------------------------------------------------------ what is made

messages: $(VENV)/.dev
	$(MANAGE) makemessages --locale nl --no-wrap --no-location --ignore $(VENV) --ignore var --ignore tests
	$(MANAGE) compilemessages --locale nl --ignore $(VENV)

# Not committed. Keep those of a release to compare them with the next one's.
inventory: $(VENV)/.dev
	$(MANAGE) inventory --table tests.access.access_table > docs/inventory.md
	$(MANAGE) sbom > docs/sbom.cdx.json

# Extras stay in the lists: without them pip looks for “coverage[toml]”, finds a newer release than
# the one that is pinned, and refuses it.
UV := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-strip-extras --no-emit-index-url --no-header
# ARGS=--upgrade takes what is newest, within what the .in files allow.
lock: | $(BIN)/python
	$(PIP) install uv
	$(BIN)/$(UV) requirements.in $(ARGS) --output-file requirements.txt
	$(BIN)/$(UV) requirements-dev.in --constraint requirements.txt $(ARGS) --output-file requirements-dev.txt

# What needs a demo of its own gets one, in a folder of its own, gone when it is done.
OWN := 8199
OWN_DEMO = folder=$$(mktemp -d) && \
	{ env -u DATABASE_URL DEBUG=1 DATA_DIR=$$folder PORT=$(OWN) SITE_URL=http://localhost:$(OWN) \
		$(BIN)/python manage.py demo >$$folder/log 2>&1 & demo=$$!; } && \
	trap 'kill $$demo; wait $$demo; rm -rf $$folder' EXIT

screenshots: $(VENV)/.dev pango
	@$(OWN_DEMO) && \
	{ $(MANAGE) screenshots --url http://localhost:$(OWN) || { cat $$folder/log; exit 1; }; }

journeys: $(VENV)/.dev pango
	@$(OWN_DEMO) && \
	{ $(BIN)/python -m tests.bench.journeys http://localhost:$(OWN) || { cat $$folder/log; exit 1; }; }

# What other browsers and judges say. Their Node packages live outside the repository.
OUTSIDE ?= $(HOME)/.cache/rugpijn-outside
NODE ?= $(firstword $(wildcard $(OUTSIDE)/node_modules/node/bin/node) node)
PACKAGES = puppeteer-core@25.16.0 lighthouse@13.5.0
HAS_PACKAGES = test -d $(OUTSIDE)/node_modules/puppeteer-core || { \
	echo "Type:  npm install --ignore-scripts --prefix $(OUTSIDE) $(PACKAGES)"; \
	echo "and:   npm install --prefix $(OUTSIDE) node@22"; exit 1; }

firefox: $(VENV)/.dev
	@$(HAS_PACKAGES)
	@command -v firefox-esr >/dev/null || { echo "Type:  sudo apt install firefox-esr"; exit 1; }
	@$(OWN_DEMO) && $(BIN)/python -c 'from tests.bench.journeys import wait_for; \
		wait_for("http://localhost:$(OWN)")' && cp tests/outside/firefox.mjs $(OUTSIDE)/ && \
	{ $(NODE) $(OUTSIDE)/firefox.mjs http://localhost:$(OWN) patient@demo.example rugpijn-demo-2026 || \
		{ cat $$folder/log; exit 1; }; }

lighthouse: $(VENV)/.dev
	@$(HAS_PACKAGES)
	@tests/outside/lighthouse.sh $(OUTSIDE) $(NODE)

clean:
	rm -rf .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov staticfiles
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
