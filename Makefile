# make demo   a sample class graded the whole way, in ./demo-course
# make test   all tests of ours
# Both make their own .venv; nothing but Python 3.11+ and pip is needed.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

# Each of the many processes of a test run would compile this package anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo test conformance quick lint verify build bench browser clean

help:            ## show this list
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { $(PYTHON) -m pip install --user virtualenv && $(PYTHON) -m virtualenv $(VENV); }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

install: $(STAMP) ## make .venv with this package and what it needs

demo: $(STAMP)   ## grade a sample class the whole way, in ./demo-course
	$(BIN)/autograder demo

test: $(STAMP) browser ## all tests of ours (under 20 minutes on 2 cores)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not conformance"

conformance: $(STAMP) ## nbgrader's own test suite, through our seam (5 minutes)
	$(BIN)/python -m pytest -m conformance

quick: $(STAMP)  ## the inner loop: no slow tests, stop at the first failure
	$(BIN)/python -m pytest -x -q -n 2 --dist loadfile -m "not slow and not browser"

lint: $(STAMP)   ## ruff and mypy --strict
	$(BIN)/ruff check . && $(BIN)/ruff format --check autograder tests benchmarks && $(BIN)/mypy

verify: $(STAMP) ## prove the graders: references, stubs, misconceptions, mutants
	$(BIN)/autograder verify

build: $(STAMP)  ## solutions/ and release/ from source/
	$(BIN)/autograder build

bench: $(STAMP)  ## measure against stock nbgrader (an hour), results in docs/performance.md
	$(BIN)/python -m benchmarks

browser:         ## install headless Chromium for the browser tests, where this can be done
	@.ci/install-browser

clean:           ## remove what runs have made (not the virtual environment)
	rm -rf demo-course .autograder .pytest_cache .mypy_cache .ruff_cache build dist
