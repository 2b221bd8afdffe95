# Two commands do everything on a machine that has only python3, make and a package manager:
# `make run` starts the service, `make test` installs what the tests need and runs them.
# Both work as root or not, without Docker, and are quick the second time.

PYTHON ?= python3
# Added to the command a target runs: make test ARGS='-k notice', make run ARGS='--port 8080'
ARGS ?=

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
UV ?= $(or $(shell command -v uv),.venv/bin/uv)

.DEFAULT_GOAL := help
# The order of `check` is part of what it promises, also under `make -j`.
.NOTPARALLEL:
.PHONY: help run test faults check lint openapi audit sbom bench bench-growth lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

run: .venv/run.stamp ## start the service on made-up data
	@.venv/bin/ras serve --demo $(ARGS)

test: .venv/dev.stamp ## run every test (PostgreSQL, Chromium, Redis and other tools are installed if need be)
	@scripts/need chromium
	@scripts/need faketime
	@scripts/need redis-server
	@scripts/need systemd-analyze
	@scripts/need strace
	@$(PY) -m pytest $(ARGS)

faults: .venv/dev.stamp ## kill, starve, cut off and fuzz the service for longer than the tests do, and print the figures
	@scripts/need strace
	@KILLS=100 EXAMPLES=200 $(PY) -m pytest --numprocesses=0 -s tests/faults tests/app/test_fuzz.py $(ARGS)

check: lint test ## what CI runs, in the same order

lint: .venv/dev.stamp ## the fast part of check: format, style, types, layers, Dockerfile
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/hadolint Dockerfile

openapi: .venv/dev.stamp ## write openapi/ again, from the service itself
	@$(PY) -m tests.app.journey $(ARGS)

# pip-audit says "no known vulnerabilities" also where it could ask about nothing: scripts/audit.py looks.
audit: .venv/dev.stamp ## ask osv.dev (or OSV_URL) what is known against what is installed; needs the network
	@$(PY) scripts/audit.py requirements.lock $(OSV_URL)

sbom: .venv/dev.stamp ## write build/sbom.json: what is installed, with hashes and licences (CycloneDX)
	@$(PY) scripts/sbom.py requirements.lock build/sbom.json

bench: .venv/dev.stamp .venv-bench/bench.stamp ## measure speed, beside OpenFisca and zen-engine
	@$(PY) -m benchmarks $(ARGS)

bench-growth: .venv/dev.stamp ## measure whether reading stays as fast with 100,000 budgets
	@$(PY) -m benchmarks.growth $(ARGS)

# The dev lock is made first and the runtime lock kept to it, so that what is tested is what runs.
# What builds this package is locked too (editables is what hatchling needs to install in place):
# nothing is installed that has no hash.
# Pins that still fit are kept: make lock ARGS=--upgrade moves them.
lock: $(UV) ## write both locks again from pyproject.toml
	@$(build-requires) | $(compile) --group dev -o requirements-dev.lock
	@$(build-requires) | $(compile) -c requirements-dev.lock -o requirements.lock
	@$(UV) pip compile requirements-bench.in --universal --python-version 3.11 --generate-hashes --no-header \
		--quiet $(ARGS) -o requirements-bench.lock

build-requires = $(PYTHON) -c 'import tomllib; \
	print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], "editables", sep="\n")'
compile = $(UV) pip compile pyproject.toml - --all-extras --universal --python-version 3.11 \
	--generate-hashes --no-header --quiet $(ARGS)

clean: ## remove .venv and every cache (never the data)
	@rm -rf .venv .venv-bench .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .schemathesis build dist
	@find . -name __pycache__ -prune -exec rm -rf {} +

# .venv: each stamp is newer than its lock and pyproject.toml when there is nothing to do.

.venv/bin/pip:
	@scripts/need python $(PYTHON)
	@$(PYTHON) -m venv .venv

.venv-bench/bin/pip:
	@scripts/need python $(PYTHON)
	@$(PYTHON) -m venv .venv-bench

# The peers of the benchmark have an environment of their own: their pins need not fit ours.
.venv-bench/bench.stamp: requirements-bench.lock | .venv-bench/bin/pip
	@echo "Installing what $< lists into .venv-bench"
	@.venv-bench/bin/python -m pip --disable-pip-version-check install --quiet --only-binary :all: \
		--require-hashes -r $< >.venv-bench/pip.log 2>&1 || { \
		echo "Stopped: could not install $<: $$(grep ERROR .venv-bench/pip.log | tail -n 1) (more in .venv-bench/pip.log)" >&2; \
		exit 1; }
	@touch $@

.venv/bin/uv: | .venv/bin/pip
	@$(PIP) install -qq uv

.venv/run.stamp: requirements.lock pyproject.toml | .venv/bin/pip
	$(call install,requirements.lock)

.venv/dev.stamp: requirements-dev.lock pyproject.toml | .venv/bin/pip
	$(call install,requirements-dev.lock)

# Wheels only: building a source package would fetch build tools that no lock holds.
define install
@echo "Installing what $(1) lists into .venv"
@$(PIP) install --quiet --only-binary :all: --require-hashes -r $(1) >.venv/pip.log 2>&1 || { \
	echo "Stopped: could not install $(1): $$(grep ERROR .venv/pip.log | tail -n 1) (more in .venv/pip.log)" >&2; \
	exit 1; }
@$(PIP) install -qq --no-deps --no-build-isolation --editable .
@touch $@
endef
