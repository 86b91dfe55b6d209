#!/usr/bin/env bash
# Builds the Debian packages into .build-static/packages: scripts/build_packages.sh [--no-build]. Needs dpkg-dev only.
# Equal sources and tools give equal packages: every time in them is that of the last commit, or SOURCE_DATE_EPOCH.
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in dpkg-gensymbols dpkg-shlibdeps dpkg-gencontrol dpkg-parsechangelog; do
    command -v "$tool" >/dev/null || { echo "packages: there is no $tool; install dpkg-dev" >&2; exit 1; }
done
case $* in
    "") scripts/build_release.sh ;;
    --no-build) ;;
    *) echo "usage: scripts/build_packages.sh [--no-build]" >&2; exit 64 ;;
esac

source=$PWD/clients/packaging/debian
output=$PWD/.build-static/packages
work=$output/work
staged=$work/staged
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export LC_ALL=C.UTF-8 TZ=UTC
umask 022
version=$(dpkg-parsechangelog --file "$source/changelog" --show-field Version)
architecture=$(dpkg --print-architecture)
multiarch=$(dpkg-architecture --query DEB_HOST_MULTIARCH)
if [[ ${version%-*} != "$(scripts/version.sh)" ]]; then
    echo "packages: $source/changelog says $version, dither.h says $(scripts/version.sh)" >&2
    exit 1
fi

rm -rf "$output"
mkdir -p "$work"
DESTDIR=$staged PREFIX=/usr LIBDIR=/usr/lib/$multiarch UNITDIR=/lib/systemd/system \
    ZSHDIR=/usr/share/zsh/vendor-completions scripts/install.sh install
find "$staged/usr/share/man" -type f -exec gzip -9n {} +
find "$staged/usr/share/man" -type l | while read -r link; do
    ln -s "$(readlink "$link").gz" "$link.gz" && rm "$link"
done
# The dpkg tools look for debian/ where they run; the library's symbols and dependencies must be known to the others.
cp -r "$source" "$work/debian"

# What an operator takes and changes: alerts and their tests, a dashboard, proxies.
collector_examples=(collector/packaging/{prometheus-alerts.yml,prometheus-alerts-test.yml,grafana-dashboard.json,nginx.conf,Caddyfile})

# documents PACKAGE TREE: what every package has in /usr/share/doc.
documents() {
    local folder=$2/usr/share/doc/$1
    mkdir -p "$folder"
    install -m 644 "$source/copyright" "$folder/copyright"
    gzip -9n <"$source/changelog" >"$folder/changelog.Debian.gz"
    gzip -9n <CHANGELOG.md >"$folder/changelog.gz"
    case $1 in
        libdither-dev)
            mkdir -p "$folder/examples"
            cp -r clients/examples/{c,cpp,python,shell,hello,machine-report} "$folder/examples/"
            find "$folder" -name __pycache__ -prune -exec rm -r {} +
            ;;
        dither-agent) install -D -m 644 clients/packaging/program.env "$folder/examples/program.env" ;;
        dither-collector)
            mkdir -p "$folder/examples"
            install -m 644 "${collector_examples[@]}" "$folder/examples/"
            ;;
        dither-tools)
            mkdir -p "$folder/examples"
            install -m 644 clients/examples/flights/metrics.{yaml,lock} "$folder/examples/"
            ;;
    esac
}

# assemble PACKAGE: its tree, its control files, the package.
assemble() {
    local package=$1 tree=$work/$1 file substitutions=$work/$1.substvars
    mkdir -p "$tree/DEBIAN"
    sed "s|MULTIARCH|$multiarch|" "$source/$package.install" | while read -r file; do
        mkdir -p "$tree/${file%/*}"
        cp -a "$staged/$file" "$tree/${file%/*}/"
    done
    documents "$package" "$tree"
    [[ $package == dither-agent ]] && mkdir -p "$tree/etc/dither/agents"
    if [[ $package == dither-collector ]]; then
        install -D -m 644 collector/packaging/collector.yaml "$tree/etc/dither/collector.yaml"
        # What an administrator changed is asked about at an upgrade, and removed by a purge alone.
        echo /etc/dither/collector.yaml >"$tree/DEBIAN/conffiles"
    fi
    if [[ -e $source/$package.lintian-overrides ]]; then
        install -D -m 644 "$source/$package.lintian-overrides" "$tree/usr/share/lintian/overrides/$package"
    fi
    for file in preinst postinst prerm postrm; do
        [[ ! -e $source/$package.$file ]] || install -m 755 "$source/$package.$file" "$tree/DEBIAN/$file"
    done
    if [[ $package == libdither1 ]]; then
        install -m 644 "$source/$package.triggers" "$tree/DEBIAN/triggers"
        echo "libdither 1 libdither1 (>= $(scripts/version.sh))" >"$tree/DEBIAN/shlibs"
        # -c4: another exported symbol, or one less, is an error.
        (cd "$work" && dpkg-gensymbols -c4 -q "-p$package" "-P$tree" "-v${version%-*}" "-Idebian/$package.symbols" \
            "-O$tree/DEBIAN/symbols")
    fi
    (
        cd "$work"
        mapfile -t binaries < <(find "$package" -type f \( -path '*/bin/*' -o -name '*.so.*' \))
        : >"$substitutions"
        ((${#binaries[@]} == 0)) || dpkg-shlibdeps "-T$substitutions" "${binaries[@]/#/-e}"
        dpkg-gencontrol "-p$package" "-P$tree" -cdebian/control -ldebian/changelog "-T$substitutions" -fdebian/files
    )
    find "$tree" -path "$tree/DEBIAN" -prune -o -type f -print | LC_ALL=C sort | (
        cd "$tree" && sed "s|^$tree/||" | xargs -d '\n' md5sum
    ) >"$tree/DEBIAN/md5sums"
    find "$tree" -newermt "@$SOURCE_DATE_EPOCH" -print0 | xargs -0r touch --no-dereference --date "@$SOURCE_DATE_EPOCH"
    dpkg-deb --root-owner-group --build "$tree" "$output/${package}_${version}_$architecture.deb" >/dev/null
    echo "package: $(du -k "$output/${package}_${version}_$architecture.deb" | cut -f1) KiB ${package}_${version}_$architecture.deb"
}

for package in libdither1 libdither-dev dither-agent dither-collector dither-tools; do
    assemble "$package"
done
rm -rf "$work"
