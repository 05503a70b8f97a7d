# SinkAtlas: `make demo` and `make test` need only Python >= 3.11, make and a package index.
# Every target sets up what it needs first. Windows lines stand in README.md.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CITY ?= guangzhou
OUT ?= out/$(CITY)
ROOMS := gis layers sink_models plans maps sinkatlas
KILLS ?= 100
PYTEST_FLAGS ?= -n auto --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help setup demo test docs wheel kills nightly lint check format bench lock bundle clean

help:
	@echo "make demo    build the synthetic city and open-able results (CITY=$(CITY), OUT=$(OUT))"
	@echo "make test    run every test"
	@echo "make wheel   install the built wheel into a clean environment and use it (PYTHON=, LOWEST=--lowest)"
	@echo "make docs    build the documentation site in build/docs, readable from the disk"
	@echo "make nightly attack a small run for an hour: 120 kills, full disks, thousands of damaged files"
	@echo "make kills   kill a small real run KILLS=100 times at random moments, each resuming the last"
	@echo "make lock    write requirements.lock and docs/sbom.json anew from constraints.txt (needs uv)"
	@echo "make check   formatting, lint, types, then every test: what a change must pass"
	@echo "make format  let ruff format and mend what it can"
	@echo "make bench   compare with other tools and write docs/benchmarks.md (about an hour)"
	@echo "make bundle  one archive for machines without internet: PLATFORM=win_amd64, linux_x86_64 or"
	@echo "             linux_aarch64, PYTHON=3.12 (RUNTIME=archive SHA256=... brings the interpreter)"
	@echo "make setup   only create $(VENV); PYTHON=... chooses the interpreter"
	@echo "make clean   remove results, caches and $(VENV)"

setup: $(READY)

# Made again when the dependencies change. A python that is a mere shim (pyenv) or too old fails
# the version question and the next one is asked.
$(READY): pyproject.toml requirements.lock
	@set -e; \
	new_enough='import sys; sys.exit(sys.version_info < (3, 11))'; \
	for candidate in $(or $(filter-out 3.%,$(PYTHON)),python3 python3.13 python3.12 python3.11 python); do \
	  if "$$candidate" -c "$$new_enough" 2>/dev/null; then python="$$candidate"; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "No Python 3.11 or newer was found. Name one: make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3" >&2; \
	  exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip' 2>/dev/null; then \
	  echo "$$python cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv" >&2; \
	  exit 1; \
	fi; \
	[ -x $(BIN)/python ] || { echo "Making $(VENV) with $$python"; "$$python" -m venv $(VENV); }; \
	echo "Installing the packages of requirements.lock, each by its SHA-256 (once)"; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --only-binary :all: --no-binary prcoords --requirement requirements.lock; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY)
	@$(BIN)/sinkatlas demo $(CITY) --out $(OUT)
	@echo "Open $(OUT)/result/map.html in a browser; no network is needed."

test: $(READY)
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

wheel: $(READY)
	$(BIN)/python -m bundle.check_wheel --python $(or $(PYTHON),$(BIN)/python) $(LOWEST)

# A warning is an error. jieba comes as source alone: it splits Chinese for the search.
docs: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: \
	  --no-binary prcoords,jieba --constraint constraints.txt --constraint docs/constraints.txt \
	  --editable '.[dev,docs]'
	$(BIN)/python docs/make_gallery.py
	$(BIN)/python -m sphinx -b html -j auto -W --keep-going docs build/docs
	@echo "Open build/docs/index.html in a browser; no network is needed."

# What `make test` does a handful of times. docs/reliability.md holds the figures.
kills: $(READY)
	SINKATLAS_KILLS=$(KILLS) $(BIN)/python -m pytest -n 0 \
	  tests/test_sinkatlas_attacks.py -k killed_at_random

nightly: $(READY)
	SINKATLAS_KILLS=120 SINKATLAS_FUZZ=2000 $(BIN)/python -m pytest $(PYTEST_FLAGS) \
	  tests/test_sinkatlas_attacks.py tests/test_fuzz_readers.py tests/test_gis_limits.py

lock:
	uv pip compile pyproject.toml --extra dev --constraint constraints.txt --universal \
	  --generate-hashes --python-version 3.11 --no-header --no-annotate --quiet \
	  --output-file requirements.lock
	$(BIN)/python docs/write_sbom.py

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The peers that are compared come along; the tables go into docs/benchmarks.md.
bench: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: \
	  --no-binary prcoords --constraint constraints.txt --editable '.[bench]'
	@set -e; for script in benchmarks/bench_*.py; do \
	  echo "== $$script"; $(BIN)/python "$$script" --write; done

bundle: $(READY)
	$(BIN)/python -m bundle.make_bundle --platform "$(PLATFORM)" --python "$(PYTHON)" \
	  $(if $(RUNTIME),--runtime "$(RUNTIME)" --sha256 "$(SHA256)")

clean:
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find $(ROOMS) tests -name __pycache__ -type d -prune -exec rm -rf {} +
