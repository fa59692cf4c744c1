# Zhengming. `make help` lists the targets; `make run` and `make test` each work on a fresh machine by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PROTO_VENV := .tools/proto
RIVALS_VENVS := .tools/rivals
EVAL ?=
PART ?=
SOURCES ?=

.DEFAULT_GOAL := help
.PHONY: help run serve test check proto aliases eval eval-text rivals bench bench-short dist clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): pyproject.toml .ci/constraints.txt .ci/make-venv
	.ci/make-venv $(PYTHON) $(VENV)
	@touch $@

run: $(STAMP) ## start the server, link an article, resolve names, run a small CSV job, stop
	$(BIN)/python .ci/demo.py

serve: $(STAMP) ## start the server on 127.0.0.1:50051 and keep it up
	$(BIN)/zhengming-server

test: $(STAMP) ## run all tests
	$(BIN)/python -m pytest -q

check: $(STAMP) ## lint, types, contract, table, and drift of everything generated
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy aliases server client
	$(BIN)/buf lint
	.ci/check-stubs $(PYTHON) $(PROTO_VENV)
	$(BIN)/zhengming-aliases generate --check
	$(BIN)/zhengming-aliases check

proto: $(STAMP) ## generate the stubs anew
	.ci/make-proto-venv $(PYTHON) $(PROTO_VENV)
	.ci/generate-stubs proto $(PROTO_VENV)

aliases: $(STAMP) ## check the table and count it into docs/table.md; with SOURCES=folder, import that folder of fact files first
	$(if $(SOURCES),$(BIN)/zhengming-aliases import facts $(SOURCES) --apply)
	$(BIN)/zhengming-aliases check
	$(BIN)/zhengming-aliases coverage --write docs/table.md

eval: $(STAMP) ## measure quality: our cases and forms made of the table; with EVAL=folder, its evaluation files too
	$(BIN)/python -m tests.eval $(if $(EVAL),--folder $(EVAL))

rivals: $(STAMP) ## ask rivals the same rows (EVAL=folder as for eval) in environments of their own, which this makes
	.ci/make-rivals $(PYTHON) $(RIVALS_VENVS)
	$(BIN)/python -m tests.eval.rivals $(if $(EVAL),--folder $(EVAL))

eval-text: $(STAMP) ## measure text linking beside rivals: EVAL=folder of evaluation files (default: our own passages)
	$(BIN)/python -m tests.eval.text $(if $(EVAL),--folder $(EVAL))
	$(BIN)/python -m tests.eval.text_rivals $(if $(EVAL),--folder $(EVAL))

bench: $(STAMP) ## measure speed beside the peers that `make rivals` installed, as ratios, into docs/performance.md (PART=peers: only that part)
	$(BIN)/python -m tests.bench --write $(if $(EVAL),--folder $(EVAL)) $(foreach part,$(PART),--part $(part))

bench-short: $(STAMP) ## a look at the same in a minute: prints, writes and asserts nothing
	$(BIN)/python -m tests.bench --short

dist: $(STAMP) ## build the wheel, install it bare, import the client, run the end-to-end tests against it
	.ci/check-dist $(PYTHON)

clean: ## remove everything that was made here
	rm -rf $(VENV) .tools build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
