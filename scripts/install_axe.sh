#!/usr/bin/env bash
# Installs axe-core, which the browser tests judge pages with, into .build/axe: from a Python package that carries it, pinned
# by its digest. Without it those tests say that they skip.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=.build/axe
package='axe-playwright-python==0.1.8'
digest=fdd263c998388f1a8e67cad02677e612d946248bd44d163be5e8650ea31f95f8
if [[ ! -f $folder/axe.min.js ]]; then
    mkdir -p "$folder"
    echo "$package --hash=sha256:$digest" > "$folder/requirements.txt"
    python3 -m pip download --quiet --require-hashes --no-deps --dest "$folder" --requirement "$folder/requirements.txt"
    python3 -m zipfile -e "$folder"/axe_playwright_python-*.whl "$folder/wheel"
    mv "$folder/wheel/axe_playwright_python/axe.min.js" "$folder/axe.min.js"
    rm -r "$folder/wheel" "$folder"/*.whl
fi
head -n 1 "$folder/axe.min.js" | cut -c 1-20
