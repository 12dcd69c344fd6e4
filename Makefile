# Two commands: `make serve` and `make test`. Each does all of its own set-up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Builds the scripts of the pages where their sources are newer than what is built.
FRONTEND := $(BIN)/python kgserver/frontend/hatch_build.py
NODE_LOCK := kgserver/frontend/node.lock

.PHONY: serve test lock clean conformance

serve: $(VENV)/serve.stamp
	@$(FRONTEND) || echo 'The scripts could not be built: the pages do without them.'
	$(BIN)/kgserver serve

# A file is run by one process, so that its tests share what they have built or started;
# the files go in order, since the longest, those of the browser, come first.
PYTEST := $(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

test: $(VENV)/test.stamp
	$(FRONTEND)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/kgserver check
	$(PYTEST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'kgserver needs Python 3.11 or newer; name one: make PYTHON=python3.12'; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo 'No virtual environment: apt-get install python3-venv'; exit 1; }

# Where no Node 20 is on PATH, the one of PyPI builds the scripts.
$(VENV)/serve.stamp: pyproject.toml requirements.lock | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.lock
	@$(FRONTEND) --has-node || $(PIP) install --require-hashes -r $(NODE_LOCK)
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: tests/requirements.lock $(VENV)/serve.stamp
	$(PIP) install --require-hashes -r tests/requirements.lock
	@touch $@

# The W3C's SPARQL tests: W3C names the folder that holds tools/ and w3c/.
conformance: $(VENV)/test.stamp
	W3C=$(abspath $(W3C)) $(BIN)/pytest -q tests/conformance

# Pin anew what pyproject.toml allows; needs uv.
LOCK := uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-header --upgrade

lock:
	$(LOCK) kgserver/frontend/node.in --output-file $(NODE_LOCK)
	$(LOCK) pyproject.toml --group pyproject.toml:build --output-file requirements.lock
	$(LOCK) pyproject.toml --group pyproject.toml:build --group pyproject.toml:dev \
	  --output-file tests/requirements.lock

clean:
	rm -rf $(VENV) kgserver/frontend/node_modules kgserver/static/dist .kgserver .mypy_cache .pytest_cache .ruff_cache
