#!/usr/bin/env bash
# Fuzzes our own formats (fuzz/), KEMITRAAN_FUZZ_SECONDS each (60): by cargo-fuzz where there is a nightly toolchain and a C++
# compiler, else by a hundred thousand cases of the suite's own properties of them.
set -euo pipefail
cd "$(dirname "$0")/.."

if cargo +nightly --version >/dev/null 2>&1 && command -v c++ >/dev/null 2>&1; then
    scripts/tools.sh cargo-fuzz
    # The versions that the program is built of.
    cp Cargo.lock fuzz/Cargo.lock
    for target in cursor id money quarter canonical; do
        echo "== fuzz: $target"
        # Without a sanitizer of memory: the program has no unsafe code. In sixteen units each crate, as in one the program's takes
        # six gigabytes and a quarter of an hour.
        cargo +nightly fuzz run --sanitizer none --codegen-units 16 "$target" -- -max_total_time="${KEMITRAAN_FUZZ_SECONDS:-60}" -max_len=4096 -verbosity=0 -print_final_stats=1
    done
else
    echo "fuzz: without a nightly toolchain and a C++ compiler, more cases of the suite's properties" >&2
    PROPTEST_CASES=${PROPTEST_CASES:-100000} cargo nextest run --locked --profile fuzz --test it hardening::formats::
fi
