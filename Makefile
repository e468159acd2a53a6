# `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test fuzz bench bench-writes release schema fmt clean-data

# Tools that scripts/tools.sh had to build are found here.
export PATH := $(CURDIR)/target/tools/bin:$(PATH)

target := $(or $(CARGO_TARGET_DIR),target)

# help: prints this list
help:
	@sed -nE 's/^# ([a-z-]+): (.*)/make \1\t\2/p' Makefile | expand -t 20

# demo: builds the demo binary and runs the demonstration; ARGS="..." are its further arguments
demo:
	cargo build --profile demo --locked
	$(target)/demo/kemitraan demo $(ARGS)

# test: runs every check, on SQLite and PostgreSQL, stopping at the first that fails; gets missing tools first
test:
	@echo "== tools"
	@scripts/tools.sh
	@echo "== formatting"
	@cargo fmt --all --check
	@echo "== clippy"
	@cargo clippy --workspace --all-targets --locked -- -D warnings
	@echo "== licences, bans and sources of the dependencies"
	@cargo fetch --locked --quiet
	@cargo deny --offline check licenses bans sources
	@echo "== suite, on SQLite and PostgreSQL, and with a bucket"
	@scripts/with-s3.sh scripts/with-postgres.sh cargo nextest run --workspace --locked
	@echo "== journal vectors"
	@python3 scripts/journal_vectors.py
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; export KEMITRAAN_DATABASE="sqlite://$$folder/pilot.db"; \
		$(target)/debug/kemitraan migrate && $(target)/debug/kemitraan seed && \
		python3 scripts/journal_vectors.py --database "$$folder/pilot.db"
	@echo "== outside suite: graphql-http"
	@tests/outside/graphql-http/run.sh $(target)/debug/kemitraan
	@echo "== outside suite: schema (graphql-eslint, graphql-inspector, clients' introspection)"
	@tests/outside/schema/run.sh $(target)/debug/kemitraan
	@echo "== outside suite: a real OpenID provider (oidc-provider)"
	@tests/outside/oidc/run.sh $(target)/debug/kemitraan
	@echo "== all passed"

# fuzz: asks of 10,000 random worlds what each actor sees, on SQLite and PostgreSQL; KEMITRAAN_CASES=N for each, KEMITRAAN_SEED=N; then fuzzes our own formats, KEMITRAAN_FUZZ_SECONDS=N each, and the API by Schemathesis, KEMITRAAN_EXAMPLES=N of each root field
fuzz: export KEMITRAAN_CASES := $(or $(KEMITRAAN_CASES),5000)
fuzz: export KEMITRAAN_SEED := $(or $(KEMITRAAN_SEED),$(shell date +%s))
fuzz:
	scripts/with-postgres.sh cargo nextest run --locked --profile fuzz --test it oracle::
	scripts/fuzz-formats.sh
	cargo build --locked
	tests/outside/schemathesis/run.sh $(target)/debug/kemitraan

# bench: measures the API against floors and peers, and writes the tables of docs/performance.md; ARGS="..." are `bench run`'s
bench:
	bench/run.sh --page docs/performance.md $(ARGS)

# bench-writes: measures writes against bare SQL, and the journal's replay, into docs/performance.md; ARGS="..." are `bench writes`'
bench-writes:
	bench/run.sh writes --page docs/performance.md $(ARGS)

# release: builds the release binary
release:
	cargo build --release --locked

# schema: writes schema.graphql, schemas/ and docs/access.md anew; the tests only compare them
schema:
	cargo build --locked
	$(target)/debug/kemitraan schema > schema.graphql
	@mkdir -p schemas
	for role in kemenkopukm kemenperin kemenbumn bumn auditor admin; do \
		$(target)/debug/kemitraan schema --role $$role > schemas/$$role.graphql; \
	done
	$(target)/debug/kemitraan access > docs/access.md

# fmt: formats the Rust sources
fmt:
	cargo fmt --all

# clean-data: removes data/, where the demonstration keeps its databases, keys and tokens
clean-data:
	rm -rf data
