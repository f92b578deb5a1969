# Everything a person or a machine does with this repository. Needs python3 (3.11 or newer), pip and
# make; fetches the rest by hash, into .tools and .venv, and touches nothing outside this folder.

PYTHON ?= python3
UV     := .tools/bin/uv
PIP    := $(UV) pip
BIN    := .venv/bin
STUDIES ?= examples/gss-panel examples/housing examples/panels

export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS     := true
export VIRTUAL_ENV         := $(CURDIR)/.venv
# uv reads no configuration of pip: a mirror that pip was told about is passed on.
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX := $(PIP_INDEX_URL)
endif
ifdef PIP_EXTRA_INDEX_URL
export UV_INDEX := $(PIP_EXTRA_INDEX_URL)
endif
ifdef PIP_FIND_LINKS
export UV_FIND_LINKS := $(PIP_FIND_LINKS)
endif
ifdef PIP_CERT
export SSL_CERT_FILE := $(PIP_CERT)
endif

# One worker per core runs tests; a second pool of threads inside each would only get in the way.
TESTS := env OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest
ONCE  := $(BIN)/python tools/once.py

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check slow bench load docs lock bundle \
        check-style check-types check-imports check-lock check-docs check-examples check-wheel

help: ## say what can be made
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup: .venv/.dev ## make the environment for development in .venv

demo: .venv/.run ## run two studies on real panels and an invented meeting, and say where their reports lie
	@for study in $(STUDIES); do $(BIN)/vendepunkt run $$study || exit; done

test: .venv/.dev ## run the tests, unless they passed on this very tree (AGAIN=1 runs them anyway)
	@$(ONCE) tests $(TESTS) -n 2 --dist worksteal -q
	@$(ONCE) web-tests-on-postgresql $(BIN)/python tools/postgres.py \
	    $(TESTS) tests/web -n 2 --dist worksteal -q -m "not slow and not browser"

check: test check-style check-types check-imports check-lock check-docs check-examples check-wheel ## test, and all that must hold before a commit
	@echo "Everything holds."

slow: .venv/.dev ## run all tests with the long simulations, and write what they measured into the docs
	$(TESTS) -n 2 --dist worksteal -q -m "slow or not slow" --write-pages

bench: .venv/.dev .venv-peers/.complete ## time the engine against a peer in the same run (ARGS=--write puts it into the docs)
	$(BIN)/python benchmarks/run.py --peer .venv-peers/bin/python $(ARGS)

load: .venv/.dev ## hold a meeting with 2,000 phones and a server that is killed (ARGS=--write puts it into the docs)
	$(BIN)/python benchmarks/meeting.py $(ARGS)

docs: .venv/.dev ## write the generated pages and build the documentation in docs/_build/html
	$(BIN)/python tools/pages.py
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs docs/_build/html
	@echo "The documentation: docs/_build/html/index.html"

lock: $(UV) ## write requirements/ anew from pyproject.toml (UPGRADE=1 takes newer releases)
	sh tools/lock.sh requirements $(if $(UPGRADE),--upgrade)

bundle: .venv/.dev ## gather wheels/ for a machine without network, Linux and Windows
	sh tools/bundle.sh wheels

# --- the parts of check -------------------------------------------------------------------------

check-style: .venv/.dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .

check-types: .venv/.dev
	$(BIN)/mypy --no-error-summary

check-imports: .venv/.dev
	$(BIN)/lint-imports

check-lock: $(UV)
	sh tools/lock.sh --check

check-docs: .venv/.dev
	$(BIN)/python tools/pages.py --check
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs docs/_build/html
	@! grep -rnoE '(src=|<link[^>]*href=|url\()["'"'"']?(https?:)?//[^"'"'"' )]*' \
	    --include='*.html' --include='*.css' docs/_build/html || \
	    { echo "A page of the documentation asks the network for something." >&2; exit 1; }

check-examples: .venv/.dev
	$(TESTS) -q -p no:randomly --doctest-modules --doctest-glob='*.md' src docs README.md

check-wheel: .venv/.dev
	sh tools/check_wheel.sh

# --- what the targets stand on ------------------------------------------------------------------

# pip may not write into Debian's Python, but it may fill a folder; uv then makes the environments,
# which needs neither ensurepip nor the venv module.
$(UV): requirements/uv.txt
	@echo "Fetching the installer into .tools"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
	    --root-user-action ignore --require-hashes --upgrade --target .tools -r requirements/uv.txt
	@touch $@

# What runs the program: enough for the demo, and a part of what develops it, at the same versions.
.venv/.run: $(UV) requirements/run.txt pyproject.toml
	@echo "Installing what the program needs into .venv"
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	@$(PIP) install --quiet --require-hashes -r requirements/run.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: $(UV) requirements/dev.txt pyproject.toml
	@echo "Installing what developing needs into .venv"
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	@$(PIP) sync --quiet --require-hashes requirements/dev.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch .venv/.run $@

.venv-peers/.complete: $(UV) requirements/peers.txt
	@echo "Installing the peer into .venv-peers"
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv-peers
	@$(PIP) sync --quiet --require-hashes --python .venv-peers requirements/peers.txt
	@touch $@
