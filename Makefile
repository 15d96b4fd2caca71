# Needs Python 3.11 or newer, make and git; everything else is put into .venv.
#   make demo ARGS=--once        arguments go to the command behind the target
#   make test PYTHON=python3.12  another Python than the newest one found

PYTHON ?=
ARGS ?=
SEEDS ?= 1000
FROM ?= 0
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help ready demo run check test test-browser test-node bench simulate crash soak mutate coverage lock image

help:
	@echo "make demo          both systems on this machine, the bridge between them, people acting (ARGS=--once: ends by itself)"
	@echo "make run           the bridge between your own systems, as .env says"
	@echo "make test          all tests that need nothing but Python"
	@echo "make test-browser  what a person sees and clicks, in a real browser"
	@echo "make test-node     the vendors' own Node clients against the twins (after make test)"
	@echo "make check         format, lint, types, floors: before every commit"
	@echo "make bench         calls, records per second, CPU and memory beside the bare clients"
	@echo "make simulate      histories of people, faults and deaths, held to every promise (SEEDS=1000 FROM=0; ARGS='--about requests': what people ask for)"
	@echo "make crash         dies at every point of every scenario, 1,000 real kills, lost answers, lost stores"
	@echo "make soak          thirty days in the life of one daemon: does anything grow?"
	@echo "make mutate        small changes of the pure core: does a test notice? (hours; ARGS='--sample 600' for some, drawn at random)"
	@echo "make coverage      which branches of the engine the tests ran"
	@echo "make lock          the newest versions that fit, with hashes (needs uv)"
	@echo "make image         the container image (needs docker)"

ready:
	@PYTHON="$(PYTHON)" sh .ci/ready

demo: ready
	@$(BIN)/leadbridge demo $(ARGS)

run: ready
	@$(BIN)/leadbridge run $(ARGS)

check: ready
	@echo "leadbridge: format"
	@$(BIN)/ruff format --check .
	@echo "leadbridge: lint"
	@$(BIN)/ruff check --quiet .
	@echo "leadbridge: types"
	@$(BIN)/mypy --no-error-summary
	@echo "leadbridge: floors"
	@$(BIN)/lint-imports --no-logo
	@echo "leadbridge: all in order"

test: ready
	@echo "leadbridge: running the tests, some minutes on two cores"
	@rm -rf build/soql
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not slow" $(ARGS)

test-browser: ready
	@if chromium=$$(sh .ci/chromium); then \
	  echo "leadbridge: running the browser tests with $$chromium"; \
	  CHROMIUM="$$chromium" $(BIN)/python -m pytest -q tests/browser $(ARGS); \
	else \
	  echo "skipped: no Chromium on this machine; install one (Debian: apt-get install chromium) and run again."; \
	fi

test-node: ready
	@if node=$$(sh .ci/node); then \
	  echo "leadbridge: running the Node tests with $$node"; \
	  NODE="$$node" $(BIN)/python -m pytest -q tests/node $(ARGS); \
	else \
	  echo "skipped: $$node"; \
	fi

bench: ready
	@$(BIN)/python -m benchmarks $(ARGS)

simulate: ready
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS) --from $(FROM) --proof docs/proof.md $(ARGS)

crash: ready
	@$(BIN)/python -m tests.simulation.crash --kills 1000 --losses 500 --creates 1000 --proof docs/proof.md $(ARGS)

soak: ready
	@$(BIN)/python -m tests.simulation.soak --proof docs/proof.md $(ARGS)

mutate: ready
	@$(BIN)/python -m tests.simulation.mutation --proof docs/proof.md $(ARGS)

coverage: ready
	@$(BIN)/python -m tests.simulation.coverage --proof docs/proof.md $(ARGS)

COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet --upgrade

lock:
	@$(COMPILE) pyproject.toml -o requirements.lock
	@$(COMPILE) pyproject.toml --group dev -o requirements-dev.lock
	@$(COMPILE) --group build -o requirements-build.lock

image:
	@docker build --tag leadbridge .
