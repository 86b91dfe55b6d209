#!/usr/bin/env bash
# Prints the project's version, as dither.h states it.
set -euo pipefail
cd "$(dirname "$0")/.."

awk '$1 == "#define" && $2 ~ /^DITHER_VERSION_(MAJOR|MINOR|PATCH)$/ { version = version dot $3; dot = "." }
     END { print version }' clients/CTelemetryAgent/include/dither.h
