#!/usr/bin/env bash
# Compiles each example against the library as it is installed, runs it, and looks for its reports in a real collector.
# One line an example; exits 1 if one failed. Tests/examples/run.sh [FOLDER]: where dither and dither-collector are, if
# they are not to be built for debugging, as they are for the tests.
set -uo pipefail
cd "$(dirname "$0")/../.."

scripts/build_static.sh dither-agent && scripts/build_library.sh || exit 1
if (($#)); then
    tools=$(realpath "$1") || exit 1
else
    swift build --product dither-collector && swift build --product dither || exit 1
    tools=$PWD/.build/debug
fi

unset DO_NOT_TRACK DITHER_DISABLED DITHER_CA_FILE
if [[ -e /etc/dither/opt-out ]]; then
    echo "examples: /etc/dither/opt-out turns telemetry off on this machine" >&2
    exit 1
fi
repo=$PWD
examples=$repo/clients/examples
work=$(mktemp -d)
cd "$work" || exit 1
collector=
finish() {
    [[ -z $collector ]] || kill "$collector"
    wait
    rm -rf "$work"
}
trap finish EXIT

PREFIX=$work/usr "$repo/scripts/install.sh" install library || exit 1
mkdir bin
ln -s "$repo/.build-static/release/dither-agent" "$tools/dither" "$tools/dither-collector" bin/
export PATH=$work/bin:$PATH PKG_CONFIG_PATH=$work/usr/lib/pkgconfig LD_LIBRARY_PATH=$work/usr/lib
strict=(-Wall -Wextra -Wpedantic -Werror)
read -ra flags < <(pkg-config --cflags --libs dither)
read -ra static_flags < <(pkg-config --static --libs-only-l dither)

failures=0
# report NAME COMMAND...: one line, and the output of what failed.
report() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        echo "ok      $name${output:+: $output}"
    else
        echo "FAILED  $name"
        sed 's/^/        /' <<<"${output:-exit status not 0: $*}"
        failures=$((failures + 1))
    fi
}

# field NAME: the values of a column of `dither-agent … --format json`, one a line.
field() { python3 -c "import json, sys; print(*(row['$1'] for row in json.load(sys.stdin)), sep='\n')"; }
# The metrics of which the open day has a report: those for which an event was recorded today.
recorded() { dither-agent show --format csv | awk -F, '$3 == "open" { print $1 }' | sort | xargs; }

# arrives STATE METRICS COMMAND...: without consent the command leaves nothing behind; with it, each of the metrics has a
# report, and the collector takes them.
arrives() {
    local expected=$2 output acknowledged
    export DITHER_STATE_DIR=$work/state/$1
    shift 2
    "$@" >/dev/null 2>&1
    [[ ! -e $DITHER_STATE_DIR ]] || { echo "it made its state folder before anybody consented"; return 1; }
    dither-agent on || return 1
    output=$("$@" 2>&1) || { echo "it failed: $output"; return 1; }
    [[ -z $output ]] || { echo "it complained: $output"; return 1; }
    [[ $(recorded) == "$expected" ]] || { echo "recorded: $(recorded); expected: $expected"; return 1; }
    acknowledged=$(dither-agent flush --close-period --now --format json | field acknowledged) || return 1
    # More if midnight came between.
    ((acknowledged >= $(wc -w <<<"$expected"))) || { echo "the collector took $acknowledged of: $expected"; return 1; }
    echo "the collector took $acknowledged reports"
}

# serve SET: a collector for a metric set, at a port of its own.
serve() {
    [[ -z $collector ]] || { kill "$collector"; wait "$collector"; }
    mkfifo "$1.started"
    dither-collector serve --metrics "$1" --store "$1.db" --listen 127.0.0.1:0 >"$1.started" 2>"$1.log" &
    collector=$!
    local line
    read -r line <"$1.started"
    rm "$1.started"
    [[ $line == "listening on "* ]] || { echo "examples: the collector does not start: $(cat "$1.log")" >&2; exit 1; }
    export DITHER_METRICS=$1 DITHER_ENDPOINT=${line#listening on }
}

# ── One event of each type.
four="colour finished greeting seconds"
dither registry compile "$examples/hello/metrics.yaml" -o "$work/hello.set" || exit 1
serve "$work/hello.set"

c() { cc -std=c99 "${strict[@]}" "$examples/c/hello.c" "${flags[@]}" -o hello-c && arrives c "$four" ./hello-c; }
static() {
    cc -std=c99 "${strict[@]}" "$examples/c/hello.c" -Iusr/include usr/lib/libdither.a -Wl,--as-needed -Lusr/lib \
        "${static_flags[@]}" -o hello-static || return 1
    if ldd hello-static | grep -q libdither; then echo "it needs the shared library all the same"; return 1; fi
    arrives static "$four" ./hello-static
}
cpp() {
    c++ -std=c++17 "${strict[@]}" "$examples/cpp/hello.cpp" "${flags[@]}" -o hello-cpp && arrives cpp "$four" ./hello-cpp
}
python() { PYTHONDONTWRITEBYTECODE=1 arrives python "$four" python3 "$examples/python/hello.py"; }
python_decisions() {
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$examples/python python3 "$repo/Tests/examples/binding.py" \
        "$DITHER_METRICS" "$work/state/decisions"
}
swift_host() {
    swiftc -warnings-as-errors "$1" -I "$repo/clients/CTelemetryAgent/include" "$repo/Tests/examples/SwiftHost.swift" \
        -Lusr/lib -ldither -o "host$1" && arrives "host$1" "$four" "./host$1"
}
report "C" c
report "C, with the archive" static
report "C++" cpp
report "Python" python
report "Python takes no text for a decision" python_decisions
report "a Swift program with another runtime" swift_host -no-static-stdlib
report "a Swift program with another runtime in itself" swift_host -static-stdlib
report "shell" arrives shell "$four" sh "$examples/shell/hello.sh"

# ── machine-report.
five="distribution kernel_release locale memory uptime"
machine() { ./machine/machine-report "${machine_flags[@]}" --state "$DITHER_STATE_DIR" "$@"; }
compile_machine_report() {
    mkdir machine && make --silent -C "$examples/machine-report" BUILD="$work/machine"
}
# What it makes of other machines' files, some of them damaged.
machines() {
    local folder expected
    for folder in "$repo"/Tests/examples/machines/*/; do
        expected=$folder/expected
        diff "$expected" <(./machine/machine-report --root "${folder%/}" print) || return 1
    done
}
once() { machine --once; }
# Runs until it is told to stop, and then ends by itself.
terminates() {
    export DITHER_STATE_DIR=$work/state/daemon
    machine on || return 1
    # Not through the function: the signal is for the daemon itself.
    ./machine/machine-report "${machine_flags[@]}" --state "$DITHER_STATE_DIR" &
    local daemon=$! looks
    for ((looks = 0; looks < 600; looks++)); do
        [[ $(recorded) == "$five" ]] && break
        sleep 0.1
    done
    kill -TERM "$daemon"
    wait "$daemon" || { echo "it ended with status $?"; return 1; }
    [[ $(recorded) == "$five" ]] || { echo "it recorded: $(recorded)"; return 1; }
    machine status | grep -q '^telemetry  *on$' || { echo "status: $(machine status)"; return 1; }
    machine off || return 1
    [[ ! -e $DITHER_STATE_DIR/secret ]] || { echo "its secret outlived consent"; return 1; }
}
wrong_command_line() {
    local wrong
    for wrong in "--endpoint https://telemetry.example wat" "--wat" "--once" "--endpoint" "print more"; do
        # shellcheck disable=SC2086 # several words
        ./machine/machine-report $wrong
        [[ $? == 2 ]] || return 1
    done
    ./machine/machine-report --help >/dev/null && ./machine/machine-report --version
} 2>/dev/null
report "machine-report's PRIVACY.md is up to date" dither registry explain "$examples/machine-report/metrics.yaml" \
    --markdown --check "$examples/machine-report/PRIVACY.md"
report "machine-report compiles" compile_machine_report
report "machine-report knows machines" machines
report "machine-report's command line" wrong_command_line
# Its own registry makes a new machine wait for up to a day, which is right everywhere but here.
sed 's/^ceiling:/agent: { enrolment_delay_hours: 0 }\n&/' "$examples/machine-report/metrics.yaml" >machine.yaml
dither registry compile machine.yaml -o "$work/machine.set" 2>/dev/null || exit 1
serve "$work/machine.set"
machine_flags=(--metrics "$work/machine.set" --endpoint "$DITHER_ENDPOINT")
report "machine-report" arrives machine "$five" once
report "machine-report ends when it is told to" terminates

((failures == 0)) || exit 1
