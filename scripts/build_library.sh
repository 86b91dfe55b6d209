#!/usr/bin/env bash
# Links libdither, the C interface of the agent, with the Swift runtime inside: a shared library, and an archive that a
# plain C compiler can link. Both define dither_* and nothing else. They lie in .build-static/library.
set -euo pipefail
cd "$(dirname "$0")/.."

soname=libdither.so.1
file=$soname.0.0 # the second number grows with every function that is added
output=.build-static/library
system=(-lsqlite3 -lcurl -lcrypto -lgcc_s -lm -lpthread)
# In the order in which they need each other; what nothing needs is left out.
runtime=(-lswiftGlibc -lswiftSynchronization -lswift_StringProcessing -lswift_RegexParser -lswift_Concurrency
    -lswiftCore -ldispatch -lBlocksRuntime)

scripts/build_static.sh DitherABI

# The Swift package manager links the runtime into programs only, never into a library: hence by hand.
read -r architecture resources < <(swiftc -print-target-info | python3 -c '
import json, sys
target = json.load(sys.stdin)
print(target["target"]["arch"], target["paths"]["runtimeResourcePath"])')
static=${resources}_static/linux
start=$static/$architecture/swiftrt.o # announces the metadata to the runtime; without it nothing generic works
clang=${resources%/lib/swift}/bin/clang
for needed in "$start" "$static/libswiftCore.a" "$clang"; do
    [[ -e $needed ]] || { echo "build_library: the Swift toolchain has no $needed" >&2; exit 1; }
done

# In an order of their own: the package manager's changes from one folder to the next, and the library with it.
mapfile -t objects < <(tr -d "'" <.build-static/release/DitherABI.product/Objects.LinkFileList | LC_ALL=C sort)
((${#objects[@]})) || { echo "build_library: the package manager lists no objects" >&2; exit 1; }

mkdir -p "$output"
rm -f "$output"/*

# One object with all of it, in which only dither_* stays global: a host may bring other versions of anything within.
grep -oE '\bdither_[a-z_]+\(' clients/CTelemetryAgent/include/dither.h | tr -d '(' | sort -u >"$output/symbols"
mapfile -t roots < <(sed 's/^/--require-defined=/' "$output/symbols")
ld -r --gc-sections "${roots[@]}" --force-group-allocation -o "$output/dither.o" "$start" \
    "${objects[@]}" "-L$static" --start-group "${runtime[@]}" --end-group
# .swift_modhash is a hash of folders, among others, for incremental builds only.
objcopy --strip-debug --remove-section=.comment --remove-section=.swift_modhash \
    --keep-global-symbols="$output/symbols" "$output/dither.o"
ar -rcsD "$output/libdither.a" "$output/dither.o"

# Never unloaded (nodelete): the runtime and the agent's thread cannot be taken out of a process that runs.
# The C++ library is inside as well, what the runtime needs of it: a host in C has no other use for a megabyte of it.
"$clang" -shared -fuse-ld=lld -o "$output/$file" "$output/dither.o" "$(c++ -print-file-name=libstdc++.a)" \
    -Wl,--exclude-libs,ALL -Wl,--as-needed "${system[@]}" \
    -Wl,-soname,"$soname" -Wl,--version-script=clients/packaging/dither.map \
    -Wl,--gc-sections -Wl,-z,nodelete -Wl,-z,relro -Wl,-z,now -Wl,-z,defs -Wl,--build-id=sha1 -Wl,--strip-all
objcopy --remove-section=.comment "$output/$file"
ln -s "$file" "$output/$soname"
ln -s "$soname" "$output/libdither.so"
rm "$output/dither.o" "$output/symbols"

echo "library: $file has $(stat -c %s "$output/$file") bytes, libdither.a $(stat -c %s "$output/libdither.a")"
