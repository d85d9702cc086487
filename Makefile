# Suishou: what a developer and a county's own administrator run. Bare `make` prints the help.
.DEFAULT_GOAL := help
UV_VERSION := 0.13.9
PYTHON ?= python3
BIN := .venv/bin
PROGRAMME ?= tonggu
PORT ?= 8000

.PHONY: help setup demo test browser lighthouse check format bench simulate package deploy clean

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: .venv/ready node_modules/.package-lock.json ## Create .venv with everything, .venv/bin/suishou included

.venv/ready: pyproject.toml uv.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Suishou needs Python 3.11 or later")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	UV_PROJECT_ENVIRONMENT=.venv $(BIN)/uv sync --frozen --quiet --compile-bytecode
	$(BIN)/python -m compileall -q functions build_scripts  # who runs it may not be who may write here
	touch $@

# What pages load in the browser (package.json), by the Node.js that came with .venv. Without it the
# site is complete but for its map and its share cards; the next make tries again.
node_modules/.package-lock.json: package.json package-lock.json .venv/ready
	$(BIN)/npm ci --ignore-scripts --no-fund --no-audit --loglevel=error && touch $@ \
	  || echo "npm could not install what package.json names: the site will be built without its map and its share cards"

demo: setup ## A whole programme on 127.0.0.1:8000, worked from report to site (ONCE=1: then stop)
	$(BIN)/suishou demo --programme $(PROGRAMME) --port $(PORT) $(if $(ONCE),--once)

# An AWS emulator for the tests, and the examiner of template.yaml, each in an environment of its own.
.venv-%/ready: tests/%-requirements.txt .venv/ready
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-$*
	$(BIN)/uv pip install --quiet --python .venv-$*/bin/python -r $<
	touch $@

test: setup .venv-emulator/ready .venv-examiner/ready ## All tests (TESTS=tests/domain for some)
	$(BIN)/python -m pytest $(TESTS)

browser: tests/browser/node_modules/.package-lock.json ## Checks in a real browser: axe, HTML, links, modes, forms (says what it skipped)
	$(BIN)/python -m pytest tests/browser -rs --show-capture=no

# Its tools; once made they stand, so that `make test` may run beside it (.ci/run).
tests/browser/node_modules/.package-lock.json: tests/browser/package.json tests/browser/package-lock.json .venv/ready | setup
	UV_PROJECT_ENVIRONMENT=.venv $(BIN)/uv sync --frozen --quiet --inexact --compile-bytecode --group browser
	$(BIN)/npm ci --prefix tests/browser --ignore-scripts --no-fund --no-audit --loglevel=error
	touch $@

lighthouse: browser ## Scores of five pages as on a slow telephone (a report, not a test)
	$(BIN)/python -m tests.browser.lighthouse

check: setup ## Format, lint, types, strict site build
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --config-file mkdocs.yml --site-dir build/mkdocs-check

format: setup ## Put the code in its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## Measure reports a second and the build, each beside its peer (a report, not a test)
	UV_PROJECT_ENVIRONMENT=.venv $(BIN)/uv sync --frozen --quiet --inexact --compile-bytecode --group bench
	$(BIN)/python -m bench $(ARGS)

simulate: setup ## A storm of reports on DynamoDB's key layout, beside its limits and prices (ARGS="--seconds 600")
	PYTHONPATH=functions:. $(BIN)/python -m bench.scale $(ARGS)

package: setup ## What template.yaml deploys, from the lock file, into build/package
	$(BIN)/python -m deploy.package --programme $(PROGRAMME)

deploy: package ## Deploy or upgrade a stack, guided (docs/operations.md)
	$(BIN)/python -m deploy.deploy $(ARGS)

clean: ## Remove what was built (never a data folder)
	rm -rf build site .pytest_cache .mypy_cache .ruff_cache
