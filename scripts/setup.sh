#!/usr/bin/env bash
# Installs the Debian packages that the build and the tests need and that are missing. Uses no network if none is.
set -euo pipefail

# Development files: SQLite, libpq, libcurl and libcrypto for our own targets, zlib for a dependency of the HTTP tests.
libraries=(libssl-dev libsqlite3-dev libpq-dev libcurl4-openssl-dev zlib1g-dev ca-certificates)
# What the tests judge outputs with: JSON Schema, OpenMetrics.
libraries+=(python3-jsonschema python3-prometheus-client)
# command:package, looked up as a command so that one installed by other means counts.
tools=(pkg-config:pkg-config openssl:openssl curl:curl python3:python3 gzip:gzip git:git make:make nm:binutils strip:binutils
    chromium:chromium strace:strace ld:binutils ar:binutils objcopy:binutils readelf:binutils cc:gcc c++:g++ valgrind:valgrind)
# What tests of samples and of the metrics page use where it is there. In CI none of them may be left out.
[[ -z ${CI:-} ]] || tools+=(promtool:prometheus nginx:nginx-light caddy:caddy systemd-analyze:systemd)

missing=()
need() { [[ " ${missing[*]-} " == *" $1 "* ]] || missing+=("$1"); }

for tool in "${tools[@]}"; do
    command -v "${tool%%:*}" >/dev/null || need "${tool##*:}"
done
# The C++ library, by the file that the linker looks for: its package's name carries the compiler's version.
compgen -G '/usr/lib/gcc/*/*/libstdc++.so' >/dev/null || need libstdc++-12-dev
# PostgreSQL's server, which the tests start for themselves: it is in no folder that commands are looked up in.
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need postgresql
if command -v dpkg-query >/dev/null; then
    for library in "${libraries[@]}"; do
        dpkg-query --show --showformat '${db:Status-Status}\n' "$library" 2>/dev/null | grep -qx installed || need "$library"
    done
else
    echo "setup: not Debian or Ubuntu, so not checking for the equivalents of: ${libraries[*]}" >&2
fi

if ((${#missing[@]})); then
    options=(-o DPkg::Lock::Timeout=120)
    update=(apt-get "${options[@]}" update)
    install=(env DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" install --yes --no-install-recommends "${missing[@]}")
    if ! command -v apt-get >/dev/null; then
        echo "setup: these are missing and there is no apt-get to install them: ${missing[*]}" >&2
        exit 1
    elif ((EUID == 0)); then
        as_root=()
    elif command -v sudo >/dev/null; then
        # Without a terminal sudo must not wait for a password.
        if [[ -t 0 ]]; then as_root=(sudo); else as_root=(sudo -n); fi
    else
        echo "setup: missing: ${missing[*]}. As root, run:" >&2
        echo "    ${update[*]} && ${install[*]}" >&2
        exit 1
    fi
    echo "setup: installing ${missing[*]} by${as_root[*]:+ ${as_root[*]}} ${install[*]}"
    if ! { "${as_root[@]}" "${update[@]}" && "${as_root[@]}" "${install[@]}"; }; then
        echo "setup: that failed. As root, run:" >&2
        echo "    ${update[*]} && ${install[*]}" >&2
        exit 1
    fi
fi

version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+)\.([0-9]+).*/\1 \2/p' | head -n 1) || true
read -r major minor <<<"${version:-0 0}"
if ((major < 6 || (major == 6 && minor < 2))); then
    found="no swift command was found"
    ((major)) && found="the swift command is version $major.$minor"
    echo "setup: Swift 6.2 or later is needed, and $found. See https://www.swift.org/install/linux" >&2
    exit 1
fi

# What judges pages in the browser tests, from PyPI. Where that cannot be reached, they say that they skip.
if [[ -n ${CI:-} ]] && ! scripts/install_axe.sh >/dev/null; then
    echo "setup: axe could not be installed, so pages are not judged by it" >&2
fi
