# The project's commands. `make demo` and `make test` are the two a newcomer needs.
SHELL := /bin/sh
VENV ?= .venv
PORT ?= 8000
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
PYTEST := $(PY) -m pytest
# What uses all cores, starts processes, kills them or drives a browser runs by itself; the rest runs side by side, a
# file at a time.
SIDE_BY_SIDE := $(filter-out %/transcription/ %/__pycache__/,$(wildcard tests/unit/*/)) tests/web tests/db

export CALLCOACH_DATA := $(or $(DATA),$(CALLCOACH_DATA),$(CURDIR)/data)

.PHONY: help demo dev test check fix chaos bench pictures clean

help:
	@echo "make demo   install, start everything, bring in the sample calls, open at http://127.0.0.1:$(PORT)"
	@echo "            (PORT=8080 another port, DATA=/srv/callcoach another data folder)"
	@echo "make test   install what the tests need, then run all tests"
	@echo "make check  lint, format, types, import contracts, migrations, translations"
	@echo "make fix    let the formatter and the linter mend what they can"
	@echo "make chaos  the long fault test: 1,000 calls while workers and Redis are killed"
	@echo "make bench  time per stage of a call, and the speech accuracy of the sample calls"

# One clear sentence when something is missing, instead of a page of output.
$(INSTALLED): pyproject.toml
	@VENV="$(VENV)" sh .ci/make-virtualenv
	@echo "Installing Callcoach and its libraries into $(VENV) (about a minute, once)..."
	@$(PY) -m pip install -qq --disable-pip-version-check --upgrade "pip>=25.1"
	@$(PY) -m pip install -qq --disable-pip-version-check --prefer-binary --editable . \
	  || { echo "The libraries could not be installed: see the lines above. Nothing else was changed; run make again when the package registry can be reached." >&2; exit 1; }
	@touch $@

$(INSTALLED_DEV): $(INSTALLED) pyproject.toml
	@echo "Installing the test and lint tools..."
	@$(PY) -m pip install -qq --disable-pip-version-check --prefer-binary --group dev \
	  || { echo "The test tools could not be installed: see the lines above." >&2; exit 1; }
	@touch $@

demo: $(INSTALLED)
	@exec $(VENV)/bin/callcoach demo --port $(PORT)

dev: $(INSTALLED_DEV)
	@exec $(VENV)/bin/callcoach demo --port $(PORT) --reload

test: $(INSTALLED_DEV)
	@sh .ci/install-test-programs
	@failed=0; \
	$(PYTEST) -n auto --maxprocesses 4 --dist loadfile $(SIDE_BY_SIDE) || failed=1; \
	$(PYTEST) $(addprefix --ignore=,$(patsubst %/,%,$(SIDE_BY_SIDE))) || failed=1; \
	exit $$failed

check: $(INSTALLED_DEV)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy transcription scoring review workers web
	$(VENV)/bin/lint-imports --no-logo
	$(PY) -m review.migrations.check

fix: $(INSTALLED_DEV)
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

chaos: $(INSTALLED_DEV)
	CHAOS_CALLS=1000 $(PYTEST) -m chaos tests/chaos --timeout 7200 -s

bench: $(INSTALLED_DEV)
	$(PY) -m benchmarks.stages
	$(PY) -m benchmarks.demo_speech

pictures: $(INSTALLED_DEV)
	$(PY) docs/pictures/make.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build dist
