#!/usr/bin/env bash
# Builds all that is installed, self-contained and stripped: libraries in .build-static/library (build_library.sh),
# programs in .build-static/programs, their completions in .build-static/completions.
set -euo pipefail
cd "$(dirname "$0")/.."

programs=(dither-agent dither dither-collector)
output=.build-static

scripts/build_static.sh "${programs[@]}"
scripts/build_library.sh

mkdir -p "$output/programs" "$output/completions"
rm -f "$output"/programs/* "$output"/completions/*
for program in "${programs[@]}"; do
    built=$output/release/$program
    [[ $program == dither-agent ]] || built=.build-static-tools/release/$program # see build_static.sh
    strip --strip-all --remove-section=.comment -o "$output/programs/$program" "$built"
    if strings "$output/programs/$program" | grep -m 3 -F "$PWD" >&2; then
        echo "build_release: $program names the folder it was built in" >&2
        exit 1
    fi
    for shell in bash zsh fish; do
        case $program in
            dither-agent) words=(completions "$shell") ;;
            *) words=(--generate-completion-script "$shell") ;;
        esac
        "$output/programs/$program" "${words[@]}" >"$output/completions/$program.$shell"
        # A file that shells read into themselves is no program.
        sed -i '1{/^#!/d}' "$output/completions/$program.$shell"
    done
    echo "program: $program has $(stat -c %s "$output/programs/$program") bytes"
done
