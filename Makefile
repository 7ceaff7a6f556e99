# The whole vocabulary of the project: people, hooks and CI all speak it. Runs with GNU make 3.81.
# The first `make` of any target makes .venv; nothing outside this folder is changed.

SHELL := /bin/sh
BIN := .venv/bin
PY := $(BIN)/python
READY := .venv/.ready
PYTHON_CANDIDATES := $(PYTHON) python3.13 python3.12 python3.11 python3

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo demo-reset test check format conformance faults faults-embedded bench-embedded bench-processor bench-chunks bench-ingest bench-freshness bench-memory bench-overview bench-boards bench-alerts bench-telling screenshots boards lock golden clean services-up services-down run-kafka

help: ## Show this list
	@echo 'Wuguan 五管 — make <target>:'
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  %-16s %s\n", $$1, $$2 }' Makefile

# The shell's trap keeps make quiet on Ctrl-C: the demo gets the signal itself and ends by itself.
demo: $(READY) ## Start everything with a simulated district of twelve schools (Ctrl-C stops it)
	@trap : INT; $(PY) -m producers demo || [ $$? -eq 130 ]

demo-reset: $(READY) ## Forget the data of the demo
	@$(PY) -m producers demo-reset

test: $(READY) ## Run all tests (PYTEST_ARGS='-k word' for some)
	$(PY) -m pytest --numprocesses 2 --dist loadfile $(PYTEST_ARGS)

check: $(READY) ## Check format, style, types and who imports whom; what the hook and CI run
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(READY) ## Format the code and mend what ruff can mend
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

conformance: $(READY) ## Run the conformance case over HTTP against a fresh server (RUNTIME=kafka)
	@$(PY) -m tests.conformance.run --runtime $(or $(RUNTIME),embedded)

services-up: $(READY) ## Start Kafka and TimescaleDB without containers (PORTS='--kafka-port 29092')
	@$(PY) -m deploy.local up $(PORTS)

services-down: $(READY) ## Stop Kafka and TimescaleDB; their data stay
	@$(PY) -m deploy.local down

# As with the demo: the programs get the signal themselves.
run-kafka: $(READY) ## Run the API and WORKERS=2 workers on Kafka and TimescaleDB (Ctrl-C stops them)
	@trap : INT; $(PY) -m deploy.local run --workers $(or $(WORKERS),2)

faults-embedded: $(READY) ## Kill the server and PostgreSQL under load, then compare every figure
	@$(PY) -m tests.faults.embedded

faults: $(READY) ## Kill API, workers, PostgreSQL and broker under load, then compare every figure
	@$(PY) -m tests.faults.kafka

bench-embedded: $(READY) ## Measure events a second from HTTP to visible figures, beside the limit
	@$(PY) -m tests.bench.embedded

bench-ingest: $(READY) ## Measure the API's processor time for an event, beside a server without checks
	@$(PY) -m tests.bench.ingest

bench-freshness: $(READY) ## Measure seconds from a 202 to the district's figures, under a steady load
	@$(PY) -m tests.bench.freshness

bench-memory: $(READY) ## Measure the memory of a worker at 50 and at 5,000 schools
	@$(PY) -m tests.bench.memory

bench-processor: $(READY) ## Measure a worker beside two limits and the obvious design
	@$(PY) -m tests.bench.processor

bench-chunks: $(READY) ## Measure how many days a chunk of the hypertables should hold
	@$(PY) -m tests.bench.chunks

bench-alerts: $(READY) ## Measure evaluating 40 rules of 5,000 schools beside reading their figures
	@$(PY) -m tests.bench.alerts

bench-telling: $(READY) ## Measure what senders of events feel of receivers of alerts that are down
	@$(PY) -m tests.bench.telling

bench-overview: $(READY) ## Measure how fast the overview of 500 schools with a term of figures answers
	@$(PY) -m tests.bench.overview

bench-boards: $(READY) ## Measure how fast every panel answers on a year of 100 and of 500 schools
	@$(PY) -m tests.bench.boards

screenshots: $(READY) ## Take the pictures of the boards for docs/boards.md anew (needs Chromium)
	@$(PY) -m tests.e2e.screenshots

boards: $(READY) ## Write the boards for Grafana in deploy/grafana/dashboards anew
	@$(PY) -m dashboards build

golden: $(READY) ## Write docs/openapi.json and the generated documents anew
	@$(PY) -m tests.golden.regenerate

lock: ## Write requirements.lock anew from pyproject.toml (needs uv)
	@uv=$$(command -v uv || ls $(BIN)/uv 2>/dev/null) || { \
	  echo 'make lock needs uv: https://docs.astral.sh/uv/ (or: $(BIN)/pip install uv)' >&2; \
	  echo '更新锁文件需要 uv：见上述网址，或运行 $(BIN)/pip install uv' >&2; exit 1; }; \
	"$$uv" pip compile --quiet pyproject.toml --all-extras --group dev --universal \
	  --generate-hashes --no-header --no-annotate -o requirements.lock

clean: ## Remove the environment and every cache (data of the demo stay: see demo-reset)
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A candidate must run, be new enough and be able to make an environment: a pyenv shim may do
# neither, and Debian ships Python without ensurepip. A .venv whose Python is gone is made anew.
$(READY): requirements.lock pyproject.toml
	@$(PY) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  for python in $(PYTHON_CANDIDATES); do \
	    "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	      && break; python=; \
	  done; \
	  if [ -z "$$python" ]; then \
	    echo 'Wuguan needs Python 3.11 or newer with venv. Debian and Ubuntu: apt install python3 python3-venv; macOS: brew install python@3.13. Or name yours: make PYTHON=/path/to/python3' >&2; \
	    echo '五管需要 Python 3.11 或更高版本（含 venv 模块）。Debian/Ubuntu：apt install python3 python3-venv；macOS：brew install python@3.13；也可以指定：make PYTHON=/路径/python3' >&2; \
	    exit 1; \
	  fi; \
	  echo "Making .venv with $$python · 正在创建 .venv"; \
	  "$$python" -m venv --clear .venv; }
	@echo 'Installing the locked packages into .venv, about a minute · 正在安装依赖，约一分钟'
	@rm -f .venv/.failed; \
	{ PYTHONUNBUFFERED=1 $(PY) -m pip install --no-input --disable-pip-version-check \
	    --progress-bar off --require-hashes -r requirements.lock || touch .venv/.failed; } \
	  | if [ -t 1 ]; then awk -v all="$$(grep -c '^[a-z].*==' requirements.lock)" \
	    '/^(Collecting|Requirement already)/ { printf "\r  %d of about %d ", ++n, all; fflush() } \
	     /^Installing collected/ { printf "\r  unpacking · 正在解包        "; fflush() } \
	     END { print "" }'; else cat >/dev/null; fi; \
	test ! -e .venv/.failed || { \
	  echo 'Installation failed; the reason is above. Run the same command again to go on.' >&2; \
	  echo '安装失败，原因见上。重新运行同一命令即可继续。' >&2; exit 1; }
	@$(PY) -m pip install --quiet --no-input --disable-pip-version-check \
	  --no-deps --no-build-isolation -e .
	@touch $@
