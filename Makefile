# `make demo` and `make test` set up everything they need in .venv.
.DEFAULT_GOAL := help
PY := .venv/bin/python

.PHONY: help setup demo run test lint types docs check bench-detect bench-group bench-poll bench-poll-latency soak-poll corpus calibrate fuzz image lock

help: ## the targets, a line each
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

setup:
	@scripts/setup

demo: setup ## the offline tour: one week of September 2023, told by the real service
	@$(PY) -m bot demo

run: setup ## the service; without TELEGRAM_TOKEN it talks on this console
	@$(PY) -m bot run

test: setup ## every test (six to eight minutes)
	@$(PY) -m pytest -n 2 --dist worksteal

lint: setup ## ruff: style and format; the import contract
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/lint-imports --no-logo

types: setup ## mypy, strict on bot and storage
	@$(PY) -m mypy

docs: setup ## what docs and README say must be true
	@$(PY) -m pytest tests/docs

check: lint types test ## all of the above

bench-detect: setup ## detection on the labelled items beside the project (../shared)
	@$(PY) -m benchmarks.bench_detect

bench-group: setup ## grouping on the labelled stories beside the project (../shared)
	@$(PY) -m benchmarks.bench_group
	@$(PY) -m benchmarks.copies
	@$(PY) -m benchmarks.decision_time

bench-poll: setup ## polling beside lemon24/reader, which is installed into build/ (five minutes)
	@$(PY) -m benchmarks.bench_poll

soak-poll: setup ## ten thousand feeds every five minutes for two hours (MINUTES=10), then a day in fast motion
	@$(PY) -m benchmarks.soak_poll $(or $(MINUTES),120)
	@$(PY) -m benchmarks.soak_day

bench-poll-latency: setup ## how long items wait to be seen, simulated on recorded rhythms (../shared)
	@$(PY) -m benchmarks.polling_latency
	@$(PY) -m benchmarks.polling_picture

corpus: setup ## feedparser's own tests and the feed samples (../shared) through the real poller
	@$(PY) -m benchmarks.corpus

calibrate: setup ## fits bot/detect/data/confidence.yaml to the labelled items, and draws the picture
	@$(PY) -m benchmarks.calibrate
	@$(PY) -m benchmarks.picture

fuzz: setup ## random texts for ten minutes, or make fuzz SECONDS=60
	@$(PY) -m benchmarks.fuzz $(or $(SECONDS),600)

image: ## builds the Dockerfile for real, without a Docker engine, and runs the image (Debian, root)
	@scripts/check-image

lock: setup ## refreshes the locks from pyproject.toml
	@.venv/bin/uv lock --quiet
	@.venv/bin/uv export --quiet --frozen --no-emit-project --no-default-groups --no-header -o requirements.lock
	@.venv/bin/uv export --quiet --frozen --no-emit-project --all-groups --no-header -o requirements-dev.lock
