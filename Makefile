# Targets for people; `make help` lists them. Works from any folder, as root or not, again and again.
.DEFAULT_GOAL := help
PORT ?= 8000
DATA ?= .demo
WORKERS ?= 2
SECONDS ?= 60
CLIENTS ?= 50
BIN := .venv/bin
unexport PYTHONDONTWRITEBYTECODE # the tests start some two hundred processes, and each would compile the hub anew
quoted = '$(subst ','\'',$(1))'

.PHONY: help env dev demo test lint types schema evolution clients check bench bench-guard bench-memory bench-register crowd parity sums http-audit axe fuzz lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1	/p' Makefile

env: ## make the environment that the hub needs in .venv
	@sh tools/env.sh run

dev: ## make the environment that working on the hub needs
	@sh tools/env.sh dev

demo: env ## serve the demo kecamatan: make demo PORT=8000 DATA=.demo
	@exec $(BIN)/hub demo --port $(call quoted,$(PORT)) --data $(call quoted,$(DATA))

test: dev ## run all tests; ARGS="-k word" narrows
	@exec $(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

lint: dev ## style, layout and the direction of imports
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports

types: dev ## mypy, strict
	@exec $(BIN)/mypy

schema: dev ## compare the printed schema with the committed one
	@$(BIN)/hub schema print | diff - hub/schema/schema.graphql

evolution: dev ## compare the schema with the last released one
	@exec $(BIN)/hub schema check --documents hub/schema/examples

clients: dev ## make the TypeScript and the Python client and try them on a running hub
	@exec $(BIN)/python -m tools.clients

check: lint types schema evolution test ## everything before a commit

bench: dev ## measure the hub beside its peers (needs npm for PostGraphile)
	@exec $(BIN)/python -m bench $(ARGS)

bench-guard: dev ## fail when the hub has become dearer than the kept ratios allow
	@exec $(BIN)/python -m bench guard $(ARGS)

bench-memory: dev ## watch memory over 100,000 requests of 5,000 documents
	@exec $(BIN)/python -m bench memory $(ARGS)

bench-register: dev ## measure import, export and comparison of 40,000 rows by the command line
	@exec $(BIN)/python -m bench register $(ARGS)

crowd: dev ## let a mixed crowd of three kecamatan ask a hub and its worker: make crowd SECONDS=60 CLIENTS=50
	@HUB_CROWD_SECONDS=$(call quoted,$(SECONDS)) HUB_CROWD_CLIENTS=$(call quoted,$(CLIENTS)) exec $(BIN)/python -m pytest -n 0 -rP tests/crowd $(ARGS)

parity: dev ## compare the two ways to read: make parity N=20000
	@HUB_PARITY_N=$(call quoted,$(N)) exec $(BIN)/python -m pytest -n $(WORKERS) tests/parity $(ARGS)

sums: dev ## let lives go on in two kecamatan and compare all figures: make sums N=100
	@HUB_SUMS_N=$(call quoted,$(N)) exec $(BIN)/python -m pytest -n 0 -s tests/domains/moves/test_machine.py

http-audit: dev ## the audits of GraphQL over HTTP (needs node and npm)
	@npm ci --silent --no-audit --no-fund --prefix tests/http_audit
	@exec $(BIN)/python -m pytest -n 0 -s tests/http_audit

axe: ## install what judges pages in the browser tests (needs node and npm)
	@npm ci --silent --no-audit --no-fund --prefix tests/browser/axe

fuzz: dev ## ask a real server nonsense: make fuzz N=60000
	@HUB_FUZZ_N=$(call quoted,$(N)) exec nice $(BIN)/python -m pytest -n 0 -s tests/fuzz

lock: dev ## renew the lock files from pyproject.toml
	@sh tools/lock.sh

clean: ## remove the environment, the demo's data and all caches
	@rm -rf .venv .demo clients/*/generated clients/python/.venv clients/python/operations clients/typescript/node_modules clients/typescript/build build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
