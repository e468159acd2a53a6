#!/usr/bin/env bash
# Runs a command with KEMITRAAN_TEST_S3 set to a bucket, s3://BUCKET, and the AWS_... variables with which it is reached.
#
#   scripts/with-s3.sh CMD [ARG...]
#
# If the variable is set already, that bucket is used, by the AWS_... variables that are set. Otherwise an S3 server (moto,
# in the versions of scripts/s3-requirements.txt, installed into target/s3 by the first run) is started on a free port of
# 127.0.0.1 alone, and stopped afterwards, however the command ends. What is put into it is in its memory. The exit code is
# the command's.
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
    echo "with-s3: $*" >&2
    exit 1
}

[ $# -gt 0 ] || fail "usage: scripts/with-s3.sh CMD [ARG...]"
if [ -n "${KEMITRAAN_TEST_S3:-}" ]; then
    export KEMITRAAN_TEST_S3
    exec "$@"
fi

requirements=$scripts/s3-requirements.txt
version=$(cksum <"$requirements" | tr ' ' -)
venv=$scripts/../target/s3/$version
if [ ! -e "$venv/installed" ]; then
    command -v python3 >/dev/null || fail "needs Python 3"
    rm -rf "$venv"
    python3 -m venv "$venv" || fail "needs the venv module of Python 3 (Debian: python3-venv)"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements" ||
        fail "could not install what $requirements names; set KEMITRAAN_TEST_S3 to a bucket that there is"
    touch "$venv/installed"
fi

log=$(mktemp "${TMPDIR:-/tmp}/kemitraan-s3.XXXXXX")
server=
cmd_pid=

cleanup() {
    trap '' HUP INT TERM
    [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
    rm -f "$log"
}

# A signal that is sent to this script alone is handed on.
stop() {
    trap '' HUP INT TERM
    [ -z "$cmd_pid" ] || { kill -TERM "$cmd_pid" 2>/dev/null && wait "$cmd_pid"; } || true
    exit "$1"
}
trap cleanup EXIT
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM

started=
for _ in 1 2 3 4 5; do
    port=$((RANDOM % 12000 + 32000))
    if (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        continue
    fi
    "$venv/bin/python" -m moto.server -H 127.0.0.1 -p "$port" >"$log" 2>&1 &
    server=$!
    for _ in $(seq 150); do
        if (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            started=yes
            break 2
        fi
        kill -0 "$server" 2>/dev/null || break
        sleep 0.2
    done
done
[ -n "$started" ] || { cat "$log" >&2; fail "the S3 server did not start"; }

export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_REGION=us-east-1
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
unset AWS_SESSION_TOKEN
"$venv/bin/python" -c 'import sys, urllib.request
urllib.request.urlopen(urllib.request.Request(sys.argv[1], method="PUT"))' "$AWS_ENDPOINT_URL/kemitraan" ||
    fail "the bucket could not be made"
export KEMITRAAN_TEST_S3=s3://kemitraan
# In the background, since bash answers no signal while a command in the foreground runs; there, bash makes a command
# ignore Ctrl-C, which is undone.
heed=()
! env --default-signal=INT true 2>/dev/null || heed=(env --default-signal=INT)
${heed[@]+"${heed[@]}"} "$@" <&0 &
cmd_pid=$!
status=0
wait "$cmd_pid" || status=$?
exit "$status"
