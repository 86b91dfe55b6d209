#!/usr/bin/env bash
# Installs what `make bench` compares with into .build/bench-peers: Python packages by Benchmarks/peers/requirements.txt.
# Rows whose peer is missing are skipped by `make bench`, which says so.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$PWD/.build/bench-peers
stamp=$folder/requirements.txt
if ! cmp -s Benchmarks/peers/requirements.txt "$stamp"; then
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet -r Benchmarks/peers/requirements.txt
    cp Benchmarks/peers/requirements.txt "$stamp"
fi
echo "bench-peers: $("$folder/bin/pip" freeze | grep -E '^(pure-ldp|numpy|scikit-learn)==' | tr '\n' ' ')"
