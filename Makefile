# mailgate: everything a developer or a new machine needs. `make` alone lists it.
#
# A fresh Debian or Ubuntu needs python3 (3.11 or newer), git and make. Dependencies come from the lock files,
# checked by hash, into $(VENV); stamps in that folder make a second run quick.

SHELL  := /bin/bash
VENV   ?= .venv
PYTHON ?= python3
ARGS   ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
UV  := UV_SYSTEM_CERTS=true $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
       --no-emit-index-url --no-annotate
APT := apt-get -o Acquire::Retries=3
APT_INSTALL := DEBIAN_FRONTEND=noninteractive $(APT) install --yes --no-install-recommends --quiet=2 >/dev/null

RUNTIME := $(VENV)/.runtime
DEV     := $(VENV)/.dev

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run demo test bench crash fuzz lint fmt words lock audit sbom licences fresh clean postgresql

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(RUNTIME) ## make .venv with the locked dependencies and mailgate in it

run: $(RUNTIME) ## start the whole service on loopback, with its data in var/
	@$(BIN)/mailgate init var --no-hint
	@$(BIN)/mailgate --config var/mailgate.toml serve

demo: $(RUNTIME) ## play one whole consultation and show each mail
	@$(BIN)/mailgate demo

# Hundreds of tests start a program: without bytecode each would compile the whole package anew.
test: export PYTHONDONTWRITEBYTECODE =
test: $(DEV) postgresql ## run all tests, on SQLite and on PostgreSQL (ARGS="-k name" for some)
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

bench: $(DEV) postgresql ## measure the engine, as ratios to a bare aiosmtpd sink in the same run (ARGS=--quick for a short run)
	$(BIN)/python tests/bench/accept.py $(ARGS)
	$(BIN)/python tests/bench/handle.py
	$(BIN)/python tests/bench/listing.py
	$(BIN)/python tests/bench/reading.py
	$(BIN)/python tests/bench/screening.py
	$(BIN)/python tests/bench/under_attack.py
	$(BIN)/python tests/bench/gate.py

crash: $(DEV) ## kill the service at random moments and count what is lost (ARGS="200 --url URL" for another database)
	$(BIN)/python tests/crash/kills.py $(or $(ARGS),200)

fuzz: $(DEV) ## try thousands of damaged mails on every reader, and of dialogues on the listener
	$(BIN)/python -m pytest tests/fuzz --hypothesis-profile=fuzz $(ARGS)

lint: $(DEV) ## check style, types and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: $(DEV) ## write the code in the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

words: $(DEV) ## bring the Japanese of the help up to date: collect its texts, list what has none yet, compile
	@$(BIN)/python tests/shared/catalogue.py

lock: $(DEV) ## renew the lock files after a change of pyproject.toml (ARGS=--upgrade for newer versions)
	$(PIP) install uv
	$(UV) $(ARGS) --group build -o requirements-build.lock
	$(UV) $(ARGS) pyproject.toml -c requirements-build.lock -o requirements.lock
	$(UV) $(ARGS) pyproject.toml --group dev -c requirements-build.lock -c requirements.lock -o requirements-dev.lock

audit: $(DEV) ## look for known vulnerabilities in what is locked; says so when nobody can be asked
	@$(BIN)/python .ci/audit.py requirements.lock

sbom: $(DEV) ## write dist/sbom.json (CycloneDX): what mailgate runs on, with versions and hashes
	@mkdir -p dist
	@$(BIN)/python -W ignore -m cyclonedx_py requirements requirements.lock --pyproject pyproject.toml \
		--output-reproducible --output-file dist/sbom.json
	@echo "wrote dist/sbom.json"

licences: $(DEV) ## print the licences of what mailgate runs on
	@$(BIN)/pip-licenses --from=mixed --order=license \
		--packages $$(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/\1/p' requirements.lock)

fresh: ## clone what is committed to a temporary folder and play the demo there, from nothing
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	git clone --quiet . "$$folder/mailgate" && \
	env -u MAKEFLAGS -u VENV $(MAKE) --no-print-directory -C "$$folder/mailgate" VENV=.venv PYTHON="$(PYTHON)" demo

clean: ## remove what was made, but not var/
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find mailgate migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Debian splits the part of Python that makes environments into a package of its own.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "mailgate needs Python 3.11 or newer; name one with: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		|| { echo "Python cannot make environments here; first: sudo apt-get install $(notdir $(PYTHON))-venv" >&2; exit 1; }; \
		echo "installing Debian's $(notdir $(PYTHON))-venv"; \
		$(APT) update --quiet=2 && $(APT_INSTALL) $(notdir $(PYTHON))-venv; }
	$(PYTHON) -m venv --clear $(VENV)

$(RUNTIME): requirements-build.lock requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements-build.lock
	$(PIP) install --require-hashes --use-pep517 --no-build-isolation -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	$(PIP) install --require-hashes --use-pep517 --no-build-isolation -r requirements-dev.lock
	@touch $@

# The programs alone: no cluster is made, no server is started; the tests start a private one. Without them the tests
# skip that half and say so.
postgresql:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		|| { echo "PostgreSQL is not here and only root can install it: its half of the tests will be skipped."; exit 0; }; \
		echo "installing Debian's postgresql for the tests"; \
		$(APT) update --quiet=2 && $(APT_INSTALL) postgresql-common \
		&& conf=/etc/postgresql-common/createcluster.conf && cp -p $$conf $$conf.mailgate \
		&& echo 'create_main_cluster = false' >> $$conf \
		&& { $(APT_INSTALL) postgresql; result=$$?; mv $$conf.mailgate $$conf; [ $$result = 0 ]; } \
		|| echo "PostgreSQL could not be installed: its half of the tests will be skipped."; }
