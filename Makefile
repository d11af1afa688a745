# Plant Pulse. `make help` lists what there is.
PYTHON ?= python3
PORT ?= 8501
PY := .venv/bin/python
.DEFAULT_GOAL := help

.PHONY: help run test lint audit demo-truth soak docs screenshots odoo odoo-down odoo14 odoo14-down n8n n8n-down bench clean

help: ## List these commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: .venv/ready ## Set up, fill the warehouse (demo plants, or your Odoo if ODOO_URL is set) and serve the dashboard
	@$(PY) -m etl serve --port $(PORT)

test: .venv/tests-ready ## Set up and run every test
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile

lint: .venv/tests-ready ## Check style and layout of the code
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

audit: .venv/tests-ready ## Ask for known vulnerabilities of the locked packages (asks the index they come from)
	@$(PY) -m pip_audit --disable-pip --require-hashes -r requirements.txt

demo-truth: .venv/tests-ready ## List what is planted in the demo plants, and who found it
	@$(PY) -m tests.demo_truth

soak: .venv/tests-ready ## 200 kills, 10 000 queries during publishing, every look, fault, upgrade and odd input (hours; first `make odoo`)
	@$(PY) tests/soak.py kills --rounds 200 --seed 1
	@$(PY) tests/soak.py readers --queries 10000 --seed 1
	@SOAK=1 $(PY) -m pytest -q tests/browser tests/fuzz tests/etl/test_constructed_upgrade.py tests/live/test_faults.py

docs: .venv/ready ## Write docs/kpis.md from the KPI files
	@$(PY) -m queries docs

screenshots: .venv/tests-ready ## Take the pictures in docs/ from the real app
	@$(PY) tests/browser/screenshots.py

bench: .venv/tests-ready ## Measure the extraction against a real Odoo with volume (bench/extract.py; needs `make odoo`)
	@$(PY) bench/extract.py

odoo: .venv/tests-ready ## Bring up a real Odoo 19 for the tests (Debian; needs root once)
	@$(PY) tests/live/odoo_server.py up

odoo-down: ## Stop it
	@$(PYTHON) tests/live/odoo_server.py down

odoo14: .venv/tests-ready ## Bring up a real Odoo 14 beside it
	@$(PY) tests/live/odoo14_server.py up

odoo14-down: ## Stop that one
	@$(PYTHON) tests/live/odoo14_server.py down

n8n: ## Bring up a real n8n beside them (Node.js 20.19 to 24; the first time some minutes and 2.3 GB)
	@$(PYTHON) tests/live/n8n_server.py up

n8n-down: ## Stop it
	@$(PYTHON) tests/live/n8n_server.py down

lock: .venv/tests-ready ## Write requirements.txt and tests/requirements.txt from pyproject.toml
	@$(PY) -m uv pip compile pyproject.toml -o requirements.txt --generate-hashes --universal --python-version 3.11 -q
	@$(PY) -m uv pip compile pyproject.toml --extra test -c requirements.txt -o tests/requirements.txt \
		--generate-hashes --universal --python-version 3.11 -q

clean: ## Remove the environment; the warehouse in data/ stays
	rm -rf .venv .pytest_cache .ruff_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Plant Pulse needs Python 3.11 or later; name one with: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@echo "Making a Python environment in .venv ..."
	@$(PYTHON) -m venv .venv

.venv/ready: requirements.txt | .venv/bin/python
	@echo "Installing the packages Plant Pulse runs on (once; about a minute) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/tests-ready: tests/requirements.txt .venv/ready
	@echo "Installing the tools of the tests (once) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.txt
	@touch $@
