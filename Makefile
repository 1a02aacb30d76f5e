# make demo   the main job, on a local AWS: declare, prove, apply, restore from another Region, attack, evidence
# make test   the tests
# make check  format, lint, types, import contracts, docs
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
BIN := .venv/bin
# Arguments for the demo and the tests: make demo ARGS="--full", make test ARGS="tests/test_drills -x"
ARGS ?=

.PHONY: help setup setup-check setup-postgres setup-judges demo test check format docs lock benchmarks clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: ## Virtual environment and Terraform, where they are missing
	@scripts/setup

setup-check:
	@scripts/setup --no-terraform

demo: setup ## The main job, for real, with no AWS account
	@$(BIN)/holdfast demo $(ARGS)

setup-postgres:
	@scripts/fetch-postgres

setup-judges:
	@scripts/fetch-judges

test: setup setup-postgres setup-judges ## Run the tests
	@$(BIN)/python -m pytest $(ARGS)

check: setup-check ## Format, lint, types, import contracts, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/generate-docs --check

format: setup-check ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: setup-check ## Write the generated pages again
	$(BIN)/python scripts/generate-docs

lock: setup-check ## Pin the newest allowed versions, with hashes
	$(BIN)/uv pip compile pyproject.toml --all-extras --upgrade --generate-hashes --no-emit-index-url --no-annotate \
	  --universal --python-version 3.11 --custom-compile-command "make lock" --quiet --output-file requirements/dev.txt
	echo uv | $(BIN)/uv pip compile - --upgrade --generate-hashes --no-emit-index-url --no-annotate \
	  --universal --python-version 3.11 --custom-compile-command "make lock" --quiet --output-file requirements/bootstrap.txt
	echo checkov | $(BIN)/uv pip compile - --upgrade --generate-hashes --no-emit-index-url --no-annotate \
	  --universal --python-version 3.11 --custom-compile-command "make lock" --quiet --output-file requirements/checkov.txt

benchmarks: setup ## Measure what docs/benchmarks.md promises
	@for each in benchmarks/*.py; do echo "== $$each"; $(BIN)/python "$$each"; done

clean: ## Remove what was set up and written here (not what is in AWS)
	rm -rf .venv .holdfast cdktf.out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
