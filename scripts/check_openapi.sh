#!/usr/bin/env bash
# Holds a running collector to docs/openapi.yaml with schemathesis (PyPI, pinned, in an untracked folder), as anybody may
# reach it and as one who shows a token. Says so and leaves with 0 where PyPI is not to be reached, but with 1 in CI.
#
# usage: scripts/check_openapi.sh [FOLDER-OF-PROGRAMS]    (default: .build/debug)
set -euo pipefail
cd "$(dirname "$0")/.."

programs=$(realpath "${1:-.build/debug}")
version=4.32.5
tools=.build-openapi
for program in dither dither-collector; do
    [[ -x $programs/$program ]] || { echo "openapi: $programs/$program is missing; build it: swift build" >&2; exit 1; }
done

if [[ ! -x $tools/$version/bin/schemathesis ]]; then
    python3 -m venv "$tools/$version"
    if ! "$tools/$version/bin/pip" install --quiet "schemathesis==$version" >"$tools/pip.log" 2>&1; then
        rm -rf "${tools:?}/$version"
        echo "openapi: SKIPPED, schemathesis $version cannot be installed from PyPI: $(tail -1 "$tools/pip.log")" >&2
        [[ -z ${CI:-} ]] || exit 1
        exit 0
    fi
fi

work=$(mktemp -d)
collector=
cleanup() {
    [[ -z $collector ]] || kill "$collector" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

"$programs/dither" registry compile clients/examples/swift/metrics.yaml -o "$work/metrics.set" &>"$work/made"
"$programs/dither" registry keygen --out "$work/key" --public "$work/public" &>"$work/made"
"$programs/dither" registry sign "$work/metrics.set" --key "$work/key" --sequence 1 -o "$work/metrics.signed" &>"$work/made"
token=$("$programs/dither-collector" token new --tokens "$work/tokens" --role ingest --name fleet --daily-quota 500)
operator=$("$programs/dither-collector" token new --tokens "$work/tokens" --role operate --name operator)

DITHER_CHECK_DAY=$(($(date -u +%s) / 86400))
# A definition's fingerprint: random reports would almost never have one, and these are not meant to be estimated.
DITHER_CHECK_FINGERPRINT=0000000000000000
SCHEMATHESIS_HOOKS=scripts.openapi.hooks
export DITHER_CHECK_DAY DITHER_CHECK_FINGERPRINT SCHEMATHESIS_HOOKS PYTHONPATH=$PWD

# Serves with more flags, and sets `ingest` and `operations` to the URLs.
serve() {
    "$programs/dither-collector" serve --metrics "$work/metrics.set" --signed-metrics "$work/metrics.signed" \
        --store "$work/$1.db" --listen 127.0.0.1:0 --operations-listen 127.0.0.1:0 "${@:2}" >"$work/out" 2>"$work/err" &
    collector=$!
    for _ in $(seq 100); do
        ingest=$(sed -n 's/^listening on //p' "$work/out")
        operations=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$work/err" | head -1 || true)
        [[ -n $ingest && -n $operations ]] && return
        kill -0 "$collector" 2>/dev/null || { cat "$work/err" >&2; exit 1; }
        sleep 0.1
    done
    echo "openapi: the collector does not say where it listens" >&2
    exit 1
}

stop() {
    kill "$collector"
    wait "$collector"
    collector=
}

check() {
    local name=$1 url=$2
    shift 2
    if ! "$tools/$version/bin/schemathesis" --config-file scripts/openapi/schemathesis.toml run docs/openapi.yaml \
        --url "$url" --max-examples 200 --generation-deterministic --no-color "$@" >"$work/log" 2>&1; then
        cat "$work/log" >&2
        echo "openapi: $name differs from docs/openapi.yaml" >&2
        exit 1
    fi
    echo "openapi: $name: $(grep -E 'passed|No issues' "$work/log" | tail -1)"
}

serve open
check "the listener for batches" "$ingest" --include-tag ingest
check "the listener for operators" "$operations" --include-tag operations \
    --exclude-operation-id postReload --exclude-operation-id postSeal
stop
serve closed --tokens "$work/tokens"
check "the listener for batches with a token" "$ingest" --include-tag ingest --header "Authorization: Bearer $token"
check "the listener for operators with a token" "$operations" --include-tag operations \
    --header "Authorization: Bearer $operator"
check "the listener for batches without a token" "$ingest" --include-operation-id postReports \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance
stop
