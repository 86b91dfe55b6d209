#!/usr/bin/env bash
# Installs the Debian packages on this machine, uses them, removes and purges them, and sees that nothing is left.
# Expects what scripts/build_packages.sh built. For root, on a machine that has none of them. Where lintian is installed,
# it judges them first.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=.build-static/packages
packages=(libdither1 libdither-dev dither-agent dither-collector dither-tools)
((EUID == 0)) || { echo "test_packages: run this as root; it installs packages" >&2; exit 1; }
for package in "${packages[@]}"; do
    if dpkg-query --show "$package" >/dev/null 2>&1; then
        echo "test_packages: $package is installed already; purge it first" >&2
        exit 1
    fi
done
work=$(mktemp -d)
# Whatever happens, the machine is left as it was found.
trap 'dpkg --purge "${packages[@]}" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

fail() { echo "packages: $*" >&2; exit 1; }

# Equal sources give equal packages.
sha256sum "$folder"/*.deb >"$work/sums"
scripts/build_packages.sh --no-build >/dev/null
sha256sum --check --quiet "$work/sums" || fail "two builds of the packages differ"

if command -v lintian >/dev/null; then
    if ! lintian --allow-root --fail-on error,warning "$folder"/*.deb >"$work/lintian"; then
        cat "$work/lintian" >&2
        fail "lintian found the above"
    fi
    echo "packages: lintian finds no error and no warning"
fi

# Whatever a file system without the packages has of that name.
places() {
    find /etc /usr /var/lib -xdev \( -path /usr/local -o -path /var/lib/dpkg -o -path /var/lib/apt \) -prune \
        -o -name '*dither*' -print | sort
}
places >"$work/before"

dpkg --install "$folder"/*.deb >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "they do not install"; }
dpkg --verify "${packages[@]}" | tee "$work/verified"
[[ ! -s $work/verified ]] || fail "installed files differ from those of the packages"
ldconfig -p | grep -q 'libdither\.so\.1 ' || fail "the loader does not know the library"
for program in dither dither-agent dither-collector; do
    [[ $("/usr/bin/$program" --version) == *"$(scripts/version.sh)"* ]] || fail "$program does not run"
done
man --where dither dither-agent dither-collector libdither dither_open dither-registry >/dev/null || fail "manual pages are missing"
if command -v systemd-analyze >/dev/null; then
    mkdir "$work/units"
    for unit in dither-collector.service dither-agent@airline.service dither-agent@airline.timer; do
        cp "/lib/systemd/system/${unit/airline/}" "$work/units/$unit"
    done
    systemd-analyze verify --man=no "$work"/units/* 2>"$work/log" || { cat "$work/log" >&2; fail "systemd refuses a unit"; }
fi
# shellcheck disable=SC2046 # words are what pkg-config prints
cc clients/examples/c/hello.c $(pkg-config --cflags --libs dither) -o "$work/hello"
# shellcheck disable=SC2046
cc clients/examples/c/hello.c $(pkg-config --cflags dither) "$(pkg-config --variable=libdir dither)/libdither.a" \
    -Wl,--as-needed $(pkg-config --static --libs dither) -o "$work/hello-static"
[[ $(ldd "$work/hello") == *libdither.so.1* && $(ldd "$work/hello-static") != *libdither* ]] || fail "linking went wrong"
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/usr/share/doc/libdither-dev/examples/python \
    python3 -c 'import dither; print("python:", dither.version())' >/dev/null || fail "Python does not load the library"

# Removing keeps what programs and collectors have stored; purging does not.
mkdir -p /var/lib/dither-agent/airline /var/lib/dither
touch /var/lib/dither-agent/airline/agent.db /var/lib/dither/reports.db
dpkg --remove "${packages[@]}" >/dev/null
[[ -e /var/lib/dither-agent/airline/agent.db && -e /var/lib/dither/reports.db ]] || fail "removing lost the state"
[[ ! -e /usr/bin/dither-agent ]] || fail "removing left programs"
dpkg --purge "${packages[@]}" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "they cannot be purged"; }
places | diff "$work/before" - >&2 || fail "purging left the above"
for package in "${packages[@]}"; do
    ! dpkg-query --show "$package" >/dev/null 2>&1 || fail "dpkg still knows $package"
done
echo "packages: ${#packages[@]} install, work, are removed with their state kept, and purged without trace"
