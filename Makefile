# make demo    the sample story: the API and its description on this machine
# make test    every check there is
# Both need Python 3.11 or newer, make and git, and build .venv from the hash-locked requirements/.
# Another interpreter: make PYTHON=python3.12 demo

PYTHON ?= python3
VENV ?= .venv
PYTEST_ARGS ?= -q -n 2
DEMO_ARGS ?=
BENCH_ARGS ?=
# The resolver that writes the locks; `make lock LOCK_ARGS=--upgrade` moves to the newest versions.
UV_VERSION ?= 0.13.9
LOCK_ARGS ?=

BIN := $(VENV)/bin
# Twice quiet: errors only. The project itself was locked with its build backend, so nothing is fetched for it.
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input
EDITABLE := --no-deps --no-build-isolation --editable .

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test lint bench openapi lock clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile
	@echo "make lint | bench | openapi | lock | clean"

demo: $(VENV)/.run
	@$(BIN)/asof demo $(DEMO_ARGS)

# Every check runs, whatever the others find; the last line of the recipe is the verdict.
test: $(VENV)/.test
	@failed=; \
	$(MAKE) --no-print-directory lint || failed=1; \
	$(BIN)/python -m pytest $(PYTEST_ARGS) || failed=1; \
	test -z "$$failed"

# $(call check,name,command): the output is shown only if the check fails.
check = if out=$$($(2) 2>&1); then echo "ok      $(1)"; \
	else echo "FAILED  $(1)"; printf '%s\n' "$$out"; failed=1; fi

lint: $(VENV)/.test
	@failed=; \
	$(call check,ruff check,$(BIN)/ruff check); \
	$(call check,ruff format,$(BIN)/ruff format --check); \
	$(call check,mypy,$(BIN)/mypy); \
	$(call check,imports,$(BIN)/lint-imports --no-logo); \
	test -z "$$failed"

bench: $(VENV)/.test
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

# Written beside it first: a document that could not be made leaves the old one as it was.
openapi: $(VENV)/.run
	@mkdir -p openapi
	@$(BIN)/python -m service.http.openapi > openapi/openapi.json.new || { rm -f openapi/openapi.json.new; exit 1; }
	@mv openapi/openapi.json.new openapi/openapi.json

# One resolution for every platform and Python that the project supports. The test lock takes every version of the run lock.
lock: $(BIN)/pip
	@$(BIN)/uv --version 2>/dev/null | grep -qF 'uv $(UV_VERSION) ' || $(PIP) install 'uv==$(UV_VERSION)'
	@$(call compile,run,pyproject.toml --group build)
	@$(call compile,test,pyproject.toml --group dev --constraints requirements/run.txt)
	@$(call compile,peers,--group peers)

compile = $(BIN)/uv pip compile $(2) --output-file requirements/$(1).txt --quiet --no-config \
	--universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url $(LOCK_ARGS)

# Caches and build results; the environment itself goes with `rm -r .venv`.
clean:
	@rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis
	@find . -path ./$(VENV) -prune -o -path ./.git -prune -o -type d -name __pycache__ -exec rm -rf {} +

# A stamp is newer than its lock once that is installed; a changed lock installs again.
$(VENV)/.run $(VENV)/.test: $(VENV)/.%: requirements/%.txt pyproject.toml | $(BIN)/pip
	@echo "Installing requirements/$*.txt into $(VENV)"
	@$(PIP) install --require-hashes --requirement requirements/$*.txt
	@$(PIP) install $(EDITABLE)
	@touch $@

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "asof needs Python 3.11 or newer, and $(PYTHON) is: $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
