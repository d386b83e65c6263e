# Everything a person or CI runs, by name. `make` lists them.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SPARK  := $(VENV)/spark
BI     := $(VENV)/superset
export PATH := $(CURDIR)/$(BIN):$(PATH)

SAVOIR_LANDING ?= landing

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The package itself is installed from the folder, with what the lock brought.
$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "SAVoir needs Python 3.11 or newer: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: setup
setup: $(VENV)/ready ## Create the environment

.PHONY: demo
demo: setup ## Write the demo exports, unless there are exports already
	@test -d "$(SAVOIR_LANDING)" || savoir demo

.PHONY: build
build: demo ## Land, check, transform, test and publish; then print the scorecard
	savoir land
	savoir check
	dbt --warn-error-options '{error: all, warn: [LogTestResult]}' build
	savoir publish
	savoir dashboard
	savoir scorecard

.PHONY: lint
lint: setup ## Check the style of SQL and Python
	ruff check src tests benchmarks
	ruff format --check src tests benchmarks
	sqlfluff lint --processes 2 models tests/singular analyses

.PHONY: test
test: lint ## Everything CI runs: style, then every test on demo exports of its own
	pytest --numprocesses auto --dist loadfile

# dbt for Spark stands apart: nobody on DuckDB has to install a cluster engine.
$(SPARK)/ready: requirements-spark.lock $(VENV)/ready
	@command -v java > /dev/null \
		|| apt-get install --yes --no-install-recommends openjdk-17-jre-headless \
		|| { echo "Spark needs a Java 17 runtime: install one"; exit 1; }
	$(BIN)/python -m venv $(SPARK)
	$(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
	@touch $@

.PHONY: test-spark
test-spark: $(SPARK)/ready ## Build a small demo on Spark and on DuckDB, test it, compare every mart
	python tests/spark/run.py $(SPARK)/bin/dbt $(WORLD)

# Superset pins what the project does not, and weighs 700 MB: it stands apart too.
$(BI)/ready: requirements-bi.lock $(VENV)/ready
	$(BIN)/python -m venv $(BI)
	$(BI)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bi.lock
	@touch $@

.PHONY: test-bi
test-bi: $(BI)/ready ## Publish a small demo and let Apache Superset say its scorecard
	python tests/bi/run.py $(BI)/bin

.PHONY: bench
bench: setup ## Measure the project beside its floor, and remember the ratios
	python benchmarks/run.py $(BENCH)

.PHONY: docs
docs: setup ## Write the documentation site to target/docs/static_index.html
	dbt docs generate --static --target-path target/docs

.PHONY: lock
lock: ## Resolve the dependencies anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-strip-extras --group dev --upgrade \
		--custom-compile-command 'make lock' -o requirements.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-strip-extras --group spark --upgrade \
		--custom-compile-command 'make lock' -o requirements-spark.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-strip-extras --group bi --upgrade \
		--custom-compile-command 'make lock' -o requirements-bi.lock

.PHONY: clean
clean: ## Remove what the targets above create, but no exports
	rm -rf $(VENV) target logs warehouse
