#!/usr/bin/env bash
# Fuzzes what takes bytes from outside: each target for so many seconds (60 without a number), under AddressSanitizer.
# New inputs that reach new code join the corpora in Tests/Fuzzing/corpora; a finding is kept in .build-fuzz/findings and
# ends with status 1.
#   scripts/fuzz.sh [--seconds N] [--keep] [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=60 keep=false targets=()
while (($#)); do
    case $1 in
        --seconds) seconds=$2; shift 2 ;;
        --keep) keep=true; shift ;;
        -*) echo "usage: scripts/fuzz.sh [--seconds N] [--keep] [TARGET...]" >&2; exit 64 ;;
        *) targets+=("$1"); shift ;;
    esac
done
((${#targets[@]})) || targets=(metric-set signed-set batch answer secret consent database settings)

scratch=.build-fuzz
# Without backtraces: a crash must end the process at once. Of two sanitizers the compiler heeds the last alone, so what
# guides the search is named too; without it the fuzzer would guess blindly.
DITHER_WITHOUT_EXAMPLE=1 swift build -c release --sanitize fuzzer --sanitize address -Xswiftc -DFUZZING -Xswiftc -parse-as-library \
    -Xswiftc -sanitize-coverage=edge,trace-cmp,inline-8bit-counters,pc-table \
    --scratch-path "$scratch" --product fuzz 2>&1 | grep -vE 'ld.gold: warning' >&2
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:abort_on_error=1
mkdir -p "$scratch/findings"

failed=0
for target in "${targets[@]}"; do
    corpus=Tests/Fuzzing/corpora/$target
    found=$scratch/corpora/$target
    mkdir -p "$corpus" "$found"
    if FUZZ_TARGET=$target "$scratch/release/fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 \
        -max_len=65536 -artifact_prefix="$scratch/findings/$target-" -print_final_stats=1 "$found" "$corpus" \
        >"$scratch/$target.log" 2>&1; then
        if ! grep -q ' cov: ' "$scratch/$target.log"; then
            echo "fuzz: $target: the search was blind; is the code built with coverage?" >&2
            failed=1
        fi
        echo "fuzz: $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$scratch/$target.log") inputs, nothing found"
    else
        echo "fuzz: $target: FOUND something; see $scratch/$target.log and $scratch/findings" >&2
        tail -n 20 "$scratch/$target.log" >&2
        failed=1
    fi
    if $keep; then
        # The fewest inputs that reach all that was reached.
        FUZZ_TARGET=$target "$scratch/release/fuzz" -merge=1 "$corpus" "$found" >>"$scratch/$target.log" 2>&1
    fi
done
exit "$failed"
