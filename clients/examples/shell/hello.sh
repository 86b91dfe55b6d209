#!/bin/sh
# One event of each type, from a shell: dither-agent does the work, and takes the places from the environment.
#
#     export DITHER_METRICS=metrics.set DITHER_ENDPOINT=https://telemetry.example DITHER_STATE_DIR=~/.local/state/hello
#     dither-agent on        # once, after asking
#     ./hello.sh
#
# A call takes some milliseconds and is durable when it returns.
set -u

# Telemetry is never a reason to fail. What went wrong stands in stderr.
record() {
    dither-agent record "$@" || true
}

record colour green
# Other users of the machine can read the arguments of a command, but not its standard input.
echo "Good night" | record greeting --stdin
record seconds 4.5
record finished true
