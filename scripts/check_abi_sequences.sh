#!/usr/bin/env bash
# A million random calls of the C interface from several threads, under AddressSanitizer and under ThreadSanitizer.
# Exits 1 at the first finding.
set -euo pipefail
cd "$(dirname "$0")/.."

calls=1000000
sanitizers=()
usage() {
    echo "usage: scripts/check_abi_sequences.sh [--calls N] [address] [thread]" >&2
    exit 64
}
while (($#)); do
    case "$1" in
        --calls) (($# > 1)) || usage; calls=$2; shift ;;
        address | thread) sanitizers+=("$1") ;;
        *) usage ;;
    esac
    shift
done
((${#sanitizers[@]})) || sanitizers=(address thread)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Nothing is suppressed but what the sanitizers cannot know.
export ASAN_OPTIONS=detect_stack_use_after_return=1:abort_on_error=0
export LSAN_OPTIONS=suppressions=$PWD/Tests/abi-host/leaks.supp:print_suppressions=0
export TSAN_OPTIONS=halt_on_error=1
export SWIFT_BACKTRACE=enable=no

for sanitizer in "${sanitizers[@]}"; do
    scratch=.build-${sanitizer:0:1}san
    swift build -c release --product abi-host --sanitize="$sanitizer" --scratch-path "$scratch"
    mkdir -m 700 "$folder/$sanitizer"
    scenarios=("sequences $calls" "handles 20" "race 50" "signal 3")
    # ThreadSanitizer does not support a child that starts threads; in the sequences it starts none there.
    [[ $sanitizer == thread ]] || scenarios+=("fork 5" "prefork 3")
    for scenario in "${scenarios[@]}"; do
        read -r name count <<<"$scenario"
        if ! "$scratch/release/abi-host" "$name" Tests/Fixtures/abi/metrics.set "$folder/$sanitizer/$name" "$count" \
            >"$folder/out" 2>&1; then
            echo "FAILED  $name $count under the $sanitizer sanitizer" >&2
            head -n 100 "$folder/out" >&2
            exit 1
        fi
        if grep -E 'ERROR: |WARNING: |runtime error' "$folder/out" >&2; then
            echo "FAILED  $name $count under the $sanitizer sanitizer" >&2
            exit 1
        fi
        echo "ok      $name $count under the $sanitizer sanitizer"
    done
done
