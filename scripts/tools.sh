#!/usr/bin/env bash
# Sees to it that each outside tool which the tests use is there; installs the missing ones.
#
#   cargo-deny, cargo-nextest,
#   cargo-fuzz                  from crates.io into target/tools/bin, built without optimisation; the last only where it is named
#   node with npm, python3,
#   curl, jq                    Debian packages (when root on Debian), else one line saying what to do
#
# A tool found on PATH is used as it is. Whoever calls this puts target/tools/bin on PATH (the Makefile does).
# Names of tools may be given to look at those alone: scripts/tools.sh cargo-deny
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo_deny_version=0.20.2
cargo_fuzz_version=0.13.2
cargo_nextest_version=0.9.143
node_major=20 # what eslint 10 needs, of the outside suite of the schema (20.19)

tools=$PWD/target/tools
PATH=$tools/bin:$PATH

have() { command -v "$1" >/dev/null 2>&1; }

fail() {
    echo "tools: $*" >&2
    exit 1
}

# cargo_tool NAME VERSION
cargo_tool() {
    if "$1" --version >/dev/null 2>&1; then
        return
    fi
    echo "tools: building $1 $2 into target/tools (once)"
    # The dev profile: these tools run for seconds, and their release profiles take many minutes to build.
    local build=$PWD/target/tools-build status=0
    CARGO_TARGET_DIR=$build CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0 \
        cargo install --quiet --locked --profile dev --root "$tools" --version "$2" "$1" || status=$?
    rm -rf "$build"
    [ "$status" -eq 0 ] || fail "cargo could not install $1 $2; install it yourself and put it on PATH"
}

# debian_package PACKAGE...: installs Debian packages where that is possible, else returns false
debian_package() {
    [ "$(id -u)" -eq 0 ] && have apt-get || return 1
    echo "tools: installing Debian packages: $*"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

node_fits() {
    have npm && have node && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge "$node_major" ]
}

python_fits() {
    have python3 && python3 -c 'import venv, ensurepip' 2>/dev/null
}

[ $# -gt 0 ] || set -- node python3 curl jq cargo-nextest cargo-deny
for tool in "$@"; do
    case $tool in
        node)
            node_fits || debian_package nodejs npm || true
            node_fits || fail "needs Node.js $node_major or newer with npm: install them and put them on PATH"
            ;;
        python3)
            python_fits || debian_package python3 python3-venv || true
            python_fits || fail "needs Python 3 with its venv module: install it and put python3 on PATH"
            ;;
        curl | jq)
            have "$tool" || debian_package "$tool" || true
            have "$tool" || fail "needs $tool: install it and put it on PATH"
            ;;
        cargo-fuzz) cargo_tool cargo-fuzz "$cargo_fuzz_version" ;;
        cargo-nextest) cargo_tool cargo-nextest "$cargo_nextest_version" ;;
        cargo-deny) cargo_tool cargo-deny "$cargo_deny_version" ;;
        *) fail "knows no tool named $tool" ;;
    esac
done
