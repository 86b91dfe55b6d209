#!/usr/bin/env bash
# The collector's tests under ThreadSanitizer and AddressSanitizer. Exits 1 after the first sanitizer with a finding.
#   scripts/check_collector_races.sh [address] [thread]
set -euo pipefail
cd "$(dirname "$0")/.."

sanitizers=("$@")
((${#sanitizers[@]})) || sanitizers=(address thread)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
clang -O1 -fPIC -shared -o "$folder/mutex_edges.so" Tests/Sanitizing/mutex_edges.c -ldl

export DITHER_ONLY=CollectorServiceTests
export ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=exitcode=66 SWIFT_BACKTRACE=enable=no
for sanitizer in "${sanitizers[@]}"; do
    scratch=.build-collector-$sanitizer
    swift build --build-tests --sanitize="$sanitizer" --scratch-path "$scratch"
    preload=
    [[ $sanitizer == address ]] || preload=$folder/mutex_edges.so
    LD_PRELOAD=$preload "$scratch/debug/ditherPackageTests.xctest" --testing-library swift-testing \
        --experimental-maximum-parallelization-width "$(nproc)"
    echo "collector: nothing found by the $sanitizer sanitizer"
done
