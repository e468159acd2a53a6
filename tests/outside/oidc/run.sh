#!/usr/bin/env bash
# Lets a real OpenID provider issue tokens for a kemitraan binary: run.sh [BINARY]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
(cd "$here" && npm ci --no-audit --no-fund --silent)
exec node "$here/run.mjs" "$@"
