#!/usr/bin/env bash
# Runs the outside checks of the schema against a kemitraan binary: run.sh [BINARY]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
(cd "$here" && npm ci --no-audit --no-fund --silent)
exec node "$here/run.mjs" "$@"
