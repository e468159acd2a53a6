#!/usr/bin/env bash
# Runs a command with KEMITRAAN_TEST_POSTGRES set to the URL of a PostgreSQL server.
#
#   scripts/with-postgres.sh CMD [ARG...]
#
# If the variable is set already, that server is used. Otherwise a throw-away cluster is made from the installed
# PostgreSQL programs in a fresh temporary folder, listening on a free port of 127.0.0.1 alone, and is stopped and
# removed afterwards, however the command ends. The exit code is the command's. Its commits are not written to the disk,
# unless KEMITRAAN_POSTGRES_DURABLE is set.
set -euo pipefail

fail() {
    echo "with-postgres: $*" >&2
    exit 1
}

[ $# -gt 0 ] || fail "usage: scripts/with-postgres.sh CMD [ARG...]"
if [ -n "${KEMITRAAN_TEST_POSTGRES:-}" ]; then
    export KEMITRAAN_TEST_POSTGRES
    exec "$@"
fi

# Prints the folder of the PostgreSQL server programs: PATH first, then Debian's folders, newest version first.
find_bin() {
    local dir
    if command -v initdb >/dev/null && command -v postgres >/dev/null && command -v pg_ctl >/dev/null; then
        dirname "$(readlink -f "$(command -v initdb)")"
        return
    fi
    for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
        if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && [ -x "$dir/pg_ctl" ]; then
            echo "$dir"
            return
        fi
    done
    return 1
}

if ! bin=$(find_bin); then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        echo "with-postgres: installing the Debian package postgresql" >&2
        # The package would make and start a cluster of its own, which nobody here wants.
        no_cluster=/etc/postgresql-common/createcluster.d/kemitraan-tests.conf
        mkdir -p "${no_cluster%/*}"
        echo "create_main_cluster = false" >"$no_cluster"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql; } >&2 || true
        rm -f "$no_cluster"
    fi
    bin=$(find_bin) || fail "needs the PostgreSQL server programs (initdb, postgres, pg_ctl): install PostgreSQL," \
        "or set KEMITRAAN_TEST_POSTGRES to the URL of a server whose user may create databases"
fi

# PostgreSQL refuses to run as root.
as=()
if [ "$(id -u)" -eq 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    as=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups --)
fi

# A short path, since a Unix socket's has to fit into some hundred bytes.
dir=$(mktemp -d "${TMPDIR:-/tmp}/kemitraan-pg.XXXXXX")
cmd_pid=

# pg PROGRAM [ARG...]: in a folder that the other user may enter, with messages that can be matched
pg() {
    (cd "$dir" && exec ${as[@]+"${as[@]}"} env LC_ALL=C "$bin/$1" "${@:2}")
}

cleanup() {
    trap '' HUP INT TERM
    if [ -f "$dir/data/postmaster.pid" ]; then
        pg pg_ctl -D "$dir/data" -m immediate -w -t 30 -s stop >/dev/null 2>&1 || true
    fi
    rm -rf "$dir"
}

# ended_within TENTHS: whether the command ends by itself in that time
ended_within() {
    local i
    for ((i = 0; i < $1; i++)); do
        kill -0 "$cmd_pid" 2>/dev/null || return 0
        sleep 0.1
    done
    return 1
}

# stop EXIT_CODE: Ctrl-C reaches the command by itself, and it gets time to end; a signal sent to this script alone
# is handed on.
stop() {
    trap '' HUP INT TERM
    if [ -n "$cmd_pid" ]; then
        { [ "$1" -eq 130 ] && ended_within 50; } || {
            kill -TERM "$cmd_pid" 2>/dev/null || true
            ended_within 100 || kill -KILL "$cmd_pid" 2>/dev/null || true
        }
    fi
    exit "$1"
}
trap cleanup EXIT
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM

mkdir "$dir/data"
[ ${#as[@]} -eq 0 ] || chown -R "$user" "$dir"

pg initdb -D "$dir/data" -U kemitraan --auth=trust --encoding=UTF8 --locale=C --no-sync --no-instructions \
    >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; fail "initdb failed"; }

# A port that is free now may be taken a moment later: then another is tried.
started=
for _ in 1 2 3 4 5; do
    port=$((RANDOM % 12000 + 20000))
    if (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        continue
    fi
    options="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$dir -c max_connections=200"
    options+=" -c shared_buffers=256MB"
    [ -n "${KEMITRAAN_POSTGRES_DURABLE:-}" ] ||
        options+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    if pg pg_ctl -D "$dir/data" -l "$dir/server.log" -w -t 60 -s -o "$options" start >/dev/null 2>&1; then
        started=yes
        break
    fi
    grep -qs "Address already in use" "$dir/server.log" || break
done
[ -n "$started" ] || { cat "$dir/server.log" >&2; fail "the PostgreSQL server did not start"; }

export KEMITRAAN_TEST_POSTGRES=postgres://kemitraan@127.0.0.1:$port/postgres
# In the background, since bash answers no signal while a command in the foreground runs; there, bash makes a command
# ignore Ctrl-C, which is undone.
heed=()
! env --default-signal=INT true 2>/dev/null || heed=(env --default-signal=INT)
${heed[@]+"${heed[@]}"} "$@" <&0 &
cmd_pid=$!
status=0
wait "$cmd_pid" || status=$?
exit "$status"
