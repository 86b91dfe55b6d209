#!/usr/bin/env bash
# Holds the C library to what its users rely on: the symbols, numbers and sizes that Tests/Fixtures/abi lists, and what it
# needs of a system. Builds it first. --write writes the lists anew, for an interface that has grown on purpose.
set -euo pipefail
cd "$(dirname "$0")/.."

case $* in
    "") write=false ;;
    --write) write=true ;;
    *) echo "usage: scripts/check_abi.sh [--write]" >&2; exit 64 ;;
esac

limit=8000000 # bytes
library=.build-static/library/libdither.so.1
archive=.build-static/library/libdither.a
header=clients/CTelemetryAgent/include/dither.h
lists=Tests/Fixtures/abi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

scripts/build_library.sh

failures=0
fail() {
    echo "abi: $*" >&2
    failures=$((failures + 1))
}

# What is exported, with its version, and nothing else.
nm --dynamic --defined-only --with-symbol-versions "$library" | awk '$2 != "A" { print $3 }' | sort >"$work/libdither.1.symbols"

# Every language that the header promises to be clean in; the layout by the one that everybody has.
strict=(-Wall -Wextra -Wpedantic -Werror "-I${header%/*}")
for language in "cc -std=c99" "cc -std=c17" "c++ -std=c++11" "c++ -std=c++20"; do
    read -ra compiler <<<"$language"
    [[ ${compiler[0]} == cc ]] && source=c || source=c++
    echo '#include "dither.h"' | "${compiler[@]}" "${strict[@]}" -fsyntax-only -x "$source" - ||
        fail "$header is not clean by $language"
done
cc -std=c99 "${strict[@]}" -o "$work/layout" Tests/abi/layout.c "$library"
LD_LIBRARY_PATH=${library%/*} "$work/layout" >"$work/libdither.1.layout"

if $write; then
    mkdir -p "$lists"
    cp "$work"/libdither.1.* "$lists/"
fi
for list in libdither.1.symbols libdither.1.layout; do
    diff --unified=0 "$lists/$list" "$work/$list" >&2 ||
        fail "$list differs (-: published, +: built). What programs rely on cannot change; if it only grew: $0 --write"
done

# Nothing is declared that the lists do not know of.
sed 's,/\*.*\*/,,' "$header" | grep -oE '\bDITHER_(E_|CONSENT_)?[A-Z_]+ = ' | cut -d' ' -f1 | sort >"$work/declared"
awk '/^DITHER_/ { print $1 }' "$lists/libdither.1.layout" | sort >"$work/listed"
diff "$work/declared" "$work/listed" >&2 || fail "Tests/abi/layout.c does not print every number that $header declares"
grep -oE '\bdither_[a-z_]+\(' "$header" | tr -d '(' | sort -u >"$work/declared"
sed 's/@.*//; /^DITHER/d' "$lists/libdither.1.symbols" | sort >"$work/listed"
diff "$work/declared" "$work/listed" >&2 || fail "what $header declares and what is exported differ"

# The archive defines the same; all else within is local, so that no host's code can be mistaken for it.
nm --extern-only --defined-only "$archive" | awk 'NF == 3 { print $3 }' | sort >"$work/archive"
diff "$work/listed" "$work/archive" >&2 || fail "$archive defines other global symbols"

readelf --dynamic --wide "$library" >"$work/dynamic"
needs=$(grep -oP 'NEEDED.*\[\K[^]]+' "$work/dynamic" | sort | tr '\n' ' ')
for need in $needs; do
    case $need in
        libc.so.* | libm.so.* | libgcc_s.so.* | ld-linux-*) ;;
        libcrypto.so.* | libcurl.so.* | libsqlite3.so.*) ;;
        *) fail "the library needs $need" ;;
    esac
done
grep -q 'SONAME.*\[libdither.so.1\]' "$work/dynamic" || fail "the library is not named libdither.so.1"
grep -q 'FLAGS_1.*NODELETE' "$work/dynamic" || fail "the library could be unloaded while its thread runs"
if grep -E 'RPATH|RUNPATH|TEXTREL' "$work/dynamic" >&2; then fail "the library has paths or relocations that it must not have"; fi
# Swift mangles a module as its length and its name.
if nm .build-static/release/libDitherABI.a 2>/dev/null | grep -m 3 -E '(^|[^0-9])(10Foundation|20FoundationEssentials)' >&2; then
    fail "the library holds Foundation"
fi
# Where the project lies on the machine that built it is nobody's business, and would make builds differ.
if strings "$library" "$archive" | grep -m 3 -F "$PWD" >&2; then fail "the library names the folder it was built in"; fi
bytes=$(stat --dereference --format %s "$library")
((bytes <= limit)) || fail "the library has $bytes bytes; the limit is $limit"

((failures == 0)) || exit 1
echo "abi: $(grep -c @ "$lists/libdither.1.symbols") functions as published, $bytes bytes (limit $limit), needs $needs"
