#!/usr/bin/env bash
# Builds products for release with the Swift runtime inside: scripts/build_static.sh PRODUCT...
# Everything that is shipped or measured is built here and this way, so that nothing is built twice.
set -euo pipefail
cd "$(dirname "$0")/.."

(($#)) || { echo "usage: scripts/build_static.sh PRODUCT..." >&2; exit 64; }

export DITHER_WITHOUT_EXAMPLE=1
flags=(--configuration release --static-swift-stdlib)
# No $ORIGIN to search for libraries: an installed program needs none, and packages may not have it.
flags+=(--disable-local-rpath)
# What the linker fills in cannot be written to later.
flags+=(-Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now)
# C code of dependencies names its files in messages. Where they lay when this was built is nobody's business, and would
# make the same sources give other programs elsewhere. Swift code does not.
flags+=(-Xcc "-ffile-prefix-map=$PWD=." -Xcxx "-ffile-prefix-map=$PWD=.")

for product; do
    case $product in
        # What goes into other people's programs and devices is made small; the analyst's tools are made fast.
        dither-agent | DitherABI) own=(--scratch-path .build-static -Xswiftc -Osize) ;;&
        # Nothing loads code into the agent, so that nobody looks its symbols up; naming them all takes 430 KB.
        dither-agent) own+=(-Xlinker --no-export-dynamic) ;;
        DitherABI) ;;
        *) own=(--scratch-path .build-static-tools) ;;
    esac
    swift build "${flags[@]}" "${own[@]}" --product "$product"
done
