# Two commands do it all: `make run` and `make test`.

# the first Python here that is new enough; `make run PYTHON=/path/to/python3` names another
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)

.PHONY: help run test fast lint format coverage soak bench lock clean python

help:            ## what there is
	@sed -n 's/^\([a-z]*\): .*## /  make \1\t/p' Makefile

run: python      ## set everything up and serve it at http://127.0.0.1:8000 until Ctrl-C (HOST, PORT, DATABASE_URL)
	@$(PYTHON) deploy/run.py

test: python     ## every check: style, types, floors, the suite on both databases, the pages in Chromium
	@$(PYTHON) deploy/test.py

fast: python     ## the rules only, in seconds
	@$(PYTHON) deploy/test.py rules

lint: python     ## style, types and floors only
	@$(PYTHON) deploy/test.py lint

format: python   ## lay the code out
	@$(PYTHON) deploy/prepare.py --tests
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

coverage: python ## the suite, and which lines it never ran
	@$(PYTHON) deploy/prepare.py --tests
	.venv/bin/coverage erase
	.venv/bin/coverage run -m pytest -q -m "not browser"
	.venv/bin/coverage combine -q
	.venv/bin/coverage report

soak: python     ## random lives of tickets on both databases, thousands of turns, another town each time (SOAK_TURNS=5000 SOAK_SEED=)
	@$(PYTHON) deploy/prepare.py --tests
	SOAK_TURNS=$(or $(SOAK_TURNS),5000) .venv/bin/pytest -q -s -o faulthandler_timeout=0 tests/soak

bench: python    ## measure it under load, beside the floors it must reach (PARTS=submit,lists DATABASES= BENCH_QUICK=1 BENCH_PROFILE=1)
	@$(PYTHON) deploy/prepare.py --bench
	@.venv/bin/python -m tests.bench

COMPILE = CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/pip-compile -q --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links $(UPGRADE)
lock: python     ## write both locks anew from requirements*.in (UPGRADE=--upgrade for newer versions)
	@$(PYTHON) deploy/prepare.py --tests
	$(COMPILE) requirements.in -o requirements.lock
	$(COMPILE) requirements-dev.in -o requirements-dev.lock
	npm install --package-lock-only

clean:           ## remove what can be made again; the data in var/ stays
	rm -rf .venv node_modules reporter/web/static/vendor build *.egg-info .coverage* \
		.pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find reporter schemas tests migrations deploy -name __pycache__ -prune -exec rm -rf {} +

python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found:" \
		"install it (on Debian 12: sudo apt-get install python3 python3-venv), or name one: make run PYTHON=…" >&2; exit 1; }
