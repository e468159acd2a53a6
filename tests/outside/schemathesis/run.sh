#!/usr/bin/env bash
# Has Schemathesis make requests of what each role's schema says, of a kemitraan binary on a pilot of its own:
#
#   run.sh [BINARY]
#
# KEMITRAAN_EXAMPLES requests of each root field (20), KEMITRAAN_SEED the random seed. Afterwards the journal is verified: whatever was
# recorded meanwhile is whole.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/../../..
binary=$(realpath "${1:-$root/target/debug/kemitraan}")
requirements=$here/requirements.txt
venv=$root/target/schemathesis/$(cksum <"$requirements" | tr ' ' -)
if [ ! -e "$venv/installed" ]; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
    touch "$venv/installed"
fi

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; wait; rm -rf "$folder"' EXIT
export KEMITRAAN_DATABASE=sqlite://$folder/pilot.db KEMITRAAN_KEYS=$folder/keys
"$binary" migrate >/dev/null
"$binary" seed >/dev/null
token() {
    "$binary" token issue --subject p-fuzz "$@"
}
declare -A tokens
tokens[kemenkopukm]=$(token --role KEMENKOPUKM --organisation KEMENKOPUKM --level APPROVER)
tokens[kemenperin]=$(token --role KEMENPERIN --organisation KEMENPERIN --level APPROVER)
tokens[kemenbumn]=$(token --role KEMENBUMN --organisation KEMENBUMN --level APPROVER)
tokens[bumn]=$(token --role BUMN --organisation PLN --level APPROVER)
tokens[auditor]=$(token --role AUDITOR --institution Contoh --letter CONTOH/1)
tokens[admin]=$(token --role ADMIN)
port=$((RANDOM % 12000 + 32000))
# Nothing is held back here: what is tried is not how much one may ask for.
"$binary" serve --listen "127.0.0.1:$port" --budget-requests 0 --budget-points 0 --log error 2>"$folder/log" &
server=$!
for _ in $(seq 100); do
    curl -sf "http://127.0.0.1:$port/readyz" >/dev/null && break
    sleep 0.1
done

KEMITRAAN_CODES=$(sed -nE 's/^ +Self::[A-Za-z]+ => "([A-Z_]+)",$/\1/p' "$root/src/error.rs")
export KEMITRAAN_CODES SCHEMATHESIS_HOOKS=checks PYTHONPATH=$here
status=0
for role in "${!tokens[@]}"; do
    echo "== schemathesis: $role"
    (cd "$folder" && "$venv/bin/st" run "http://127.0.0.1:$port/graphql" -H "Authorization: Bearer ${tokens[$role]}" \
        --checks answers_as_it_should --phases fuzzing --max-examples "${KEMITRAAN_EXAMPLES:-20}" \
        --seed "${KEMITRAAN_SEED:-$RANDOM}" --suppress-health-check all --warnings off --no-color) || status=1
done
if [ -s "$folder/log" ]; then
    echo "the server has logged:"
    cat "$folder/log"
    status=1
fi
"$binary" journal verify --read-log
exit $status
