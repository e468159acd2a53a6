#!/usr/bin/env bash
# Builds and gets everything that is measured, then measures: run.sh [ARGUMENT OF `bench run`...], or
# run.sh writes [ARGUMENT OF `bench writes`...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

oha_version=1.16.0
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
tools=$PWD/target/tools

if [ "${1:-}" = writes ]; then
    cargo build --release --locked -p bench
    KEMITRAAN_POSTGRES_DURABLE=1 exec scripts/with-postgres.sh "$target/release/bench" "$@"
fi

scripts/tools.sh node
if [ "$("$tools/bin/oha" --version 2>/dev/null)" != "oha $oha_version" ]; then
    echo "bench: building oha $oha_version into target/tools (once)"
    # Optimised, for it shares the processor with what it measures; not more than it needs.
    CARGO_TARGET_DIR=$PWD/target/tools-build CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        cargo install --quiet --locked --root "$tools" --version "$oha_version" oha
    rm -rf target/tools-build
fi
cargo build --release --locked -p kemitraan -p bench
(cd bench/seaography && CARGO_TARGET_DIR=$target/bench-seaography cargo build --release --locked)
# The package `node` brings Node.js 22, which PostGraphile needs and Debian has not.
(cd bench/peers && npm ci --no-audit --no-fund --loglevel=error)

exec scripts/with-postgres.sh "$target/release/bench" run --oha "$tools/bin/oha" --binaries "$target/release" "$@"
