#!/usr/bin/env bash
# Prints the interpreter of a virtual environment with Benchmarks/ingest/requirements.txt, made if there is none. Prints
# nothing where it cannot be made: the benchmark then says that it skipped the comparison.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$PWD/.build/fastapi
stamp=$folder/requirements.txt
if ! cmp -s Benchmarks/ingest/requirements.txt "$stamp"; then
    rm -rf "$folder"
    if ! { python3 -m venv "$folder" && "$folder/bin/pip" install --quiet -r Benchmarks/ingest/requirements.txt; } >&2; then
        echo "fastapi_environment: FastAPI cannot be installed; its comparison is skipped" >&2
        rm -rf "$folder"
        exit 0
    fi
    cp Benchmarks/ingest/requirements.txt "$stamp"
fi
echo "$folder/bin/python"
