#!/usr/bin/env bash
# Builds and runs every test. Where some failed, what they said comes again before the closing line: among ten thousand
# lines of others nobody would find it, and a log that is cut has the end.
#   scripts/test.sh [ARGUMENT OF swift test...]
set -uo pipefail
cd "$(dirname "$0")/.."

log=.build/tests.log
# As many tests at a time as keep the processors busy while some wait for a process. Without a number all begin at once,
# each waits for all others, and a limit of time measures the machine.
width=$((2 * $(nproc)))

swift build --build-tests || exit
swift test --skip-build --experimental-maximum-parallelization-width "$width" "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if ((status)); then
    echo
    echo "What failed, again:"
    # A failure's first line has the mark, its explanation the lines after it.
    # No [✔◇]: an awk that takes bytes for letters would find the first byte of ✘ in it.
    awk '/^✘/ { shown = 1 } /^(✔|◇)/ { shown = 0 } shown' "$log" | grep -v '^✘ Test run with'
    grep '^. Test run with' "$log" | tail -n 1
fi
exit "$status"
