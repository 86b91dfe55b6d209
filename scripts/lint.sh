#!/usr/bin/env bash
# Every rule that a machine can hold. One line per check; exits 1 at the end if any failed.
# --fast leaves out the last two checks, which build everything and run it.
set -uo pipefail
cd "$(dirname "$0")/.."

case "$*" in
    "") fast=false ;;
    --fast) fast=true ;;
    *) echo "usage: scripts/lint.sh [--fast]" >&2; exit 64 ;;
esac

failures=0
check() {
    local name=$1 findings
    shift
    if findings=$("$@" 2>&1); then
        echo "ok      $name"
    else
        echo "FAILED  $name"
        sed 's/^/        /' <<<"${findings:-exit status not 0: $*}"
        failures=$((failures + 1))
    fi
}

nothing_tracked_is_ignored() {
    [[ -e .git ]] || return 0
    local paths
    # Only the project's own .gitignore: what a machine ignores besides is its own affair.
    paths=$(git ls-files --cached --ignored --exclude-per-directory=.gitignore) || { echo "git failed"; return 1; }
    [[ -z $paths ]] || { echo "$paths"; return 1; }
}

imports_are_declared() {
    local log
    # Judged by exit status alone: it prints "Build complete!" either way. With the tests, so that theirs are held too.
    log=$(swift build --build-tests --explicit-target-dependency-import-check error 2>&1) && return
    grep -E '(error|warning):' <<<"$log" || tail -n 30 <<<"$log"
    return 1
}

swift_code=(Package.swift Sources clients collector analysis Tests Benchmarks/Package.swift Benchmarks/Sources)
check "formatting" swift format lint --strict --parallel --recursive "${swift_code[@]}"
check "dependency arrows and strict settings" scripts/check_arrows.py
check "no Foundation in the core and the agent" scripts/check_sources.py foundation
check "no floating point and no system generator where noise is made" scripts/check_sources.py float
check "every trap and forced cast says why it is safe" scripts/check_sources.py safe-because
check "no Swift file of more than 500 lines" scripts/check_sources.py length
check "every relative link leads to a file" scripts/check_sources.py links
check "manual pages name every command, flag, function and key" scripts/check_manual.py
check "recorded outputs fit their JSON schemas" scripts/check_json.py
check "no tracked file is ignored" nothing_tracked_is_ignored
for generator in Tests/Fixtures/generate/*.py; do
    [[ $generator == */fixture_files.py ]] && continue # what the others share
    check "fixtures of ${generator##*/} equal a fresh computation" "$generator" --check
done
if ! $fast; then
    echo "...     building everything for the last checks"
    check "every import is a declared dependency" imports_are_declared
    check "generated pages say what they are made from" scripts/check_pages.py
fi

if ((failures)); then
    echo "lint: $failures failed"
    exit 1
fi
