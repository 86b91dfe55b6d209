#!/usr/bin/env bash
# The agent is small and free of Foundation: builds it self-contained and dynamically linked, and checks both.
set -euo pipefail
cd "$(dirname "$0")/.."

limit=9000000 # bytes: Swift's runtime, SQLite's and curl's bindings and the agent; FoundationEssentials alone doubles it
scratch=.build-static

scripts/build_static.sh dither-agent
# As it is built for the tests: what it loads is the same.
swift build --product dither-agent
static=$scratch/release/dither-agent
dynamic=.build/debug/dither-agent

fail() {
    echo "size: $*" >&2
    exit 1
}

# Foundation leaves a trace in what is loaded, in symbols, or (where symbols are gone) in the names of its types.
free_of_foundation() {
    local binary=$1 loaded symbols found
    loaded=$(ldd "$binary")
    symbols=$(nm "$binary")
    [[ -n $symbols ]] || fail "$binary has no symbols to look at"
    if grep -q 'not found' <<<"$loaded"; then
        fail "$binary does not load: $(grep 'not found' <<<"$loaded")"
    fi
    if found=$(grep -m 3 Foundation <<<"$loaded"); then
        fail "$binary loads $found"
    fi
    # Swift mangles a module as its length and its name.
    if found=$(grep -m 3 -E '(^|[^0-9])(10Foundation|20FoundationEssentials)' <<<"$symbols"); then
        fail "$binary holds Foundation: $found"
    fi
}
free_of_foundation "$static"
free_of_foundation "$dynamic"
if ldd "$static" | grep -q libswift; then
    fail "$static is not self-contained: $(ldd "$static" | grep -m 3 libswift)"
fi

strip -o "$scratch/dither-agent.stripped" "$static"
bytes=$(stat -c %s "$scratch/dither-agent.stripped")
((bytes <= limit)) || fail "the stripped agent is $bytes bytes; the limit is $limit"
echo "size: the stripped, self-contained agent is $bytes bytes (limit $limit), free of Foundation"
