#!/usr/bin/env bash
# What recording costs a host in C: nanoseconds a call from 1 and 4 threads with the collector unreachable and with the
# disk full, beside an empty loop of the same timing code; and memory. Prints CSV; exits 1 beyond a limit.
# usage: Benchmarks/record-latency/run.sh [EVENTS a thread]
set -euo pipefail
cd "$(dirname "$0")/../.."

events=${1:-1000000}
p99_limit=1000   # nanoseconds
p999_limit=5000  # nanoseconds
idle_limit=135   # hundredths of the same host's memory without the agent
metrics=Tests/Fixtures/abi/metrics.set

scripts/build_library.sh
library=$PWD/.build-static/library
folder=$(mktemp -d)
host=$folder/host
cc -std=c11 -D_GNU_SOURCE -O2 -Iclients/CTelemetryAgent/include -o "$host" Tests/abi-host/*.c "-L$library" -ldither -lpthread "-Wl,-rpath,$library"
trap 'umount "$folder/small" 2>/dev/null || true; rm -rf "$folder"' EXIT
failures=0

judge() { # condition of the latencies: every call but the empty one
    awk -F , -v p99="$p99_limit" -v p999="$p999_limit" -v condition="$1" '
        NR == 1 { print "condition," $0; next }
        { print condition "," $0 }
        $2 != "empty" && ($4 > p99 || $5 > p999) { bad = 1 }
        END { exit bad }' "$folder/out" || { echo "beyond p99 $p99_limit ns or p99.9 $p999_limit ns: $1" >&2; failures=1; }
}

"$host" latency "$metrics" "$folder/unreachable" "$events" >"$folder/out"
judge unreachable
mkdir "$folder/small"
if mount -t tmpfs -o size=1M,mode=700 tmpfs "$folder/small" 2>/dev/null; then
    mkdir "$folder/small/in"
    "$host" latency-full "$metrics" "$folder/small/in/state" "$events" >"$folder/out"
    judge disk-full
else
    echo "not measured: disk full (this user cannot mount a tmpfs)" >&2
fi

"$host" memory "$metrics" "$folder/memory" 1000000 || failures=1

cc -O2 -o "$folder/baseline" Benchmarks/record-latency/baseline.c -lsqlite3 -lcurl
idle=$("$host" idle "$metrics" "$folder/idle" 1)
baseline=$("$folder/baseline" "$folder/baseline.db")
echo "idle_kib,baseline_kib,ratio"
echo "$idle,$baseline,$((idle * 100 / baseline)) %"
if ((idle * 100 > baseline * idle_limit)); then
    echo "beyond $idle_limit % of the host without the agent" >&2
    failures=1
fi
exit "$failures"
