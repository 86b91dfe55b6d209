#!/usr/bin/env bash
# Installs what scripts/build_release.sh built, or removes it again: scripts/install.sh install|uninstall [library].
# With `library` only the C library and its header, which scripts/build_library.sh built. Reads DESTDIR and PREFIX, and for places that are elsewhere BINDIR, LIBDIR, INCLUDEDIR, DATADIR, MANDIR, UNITDIR.
set -euo pipefail
cd "$(dirname "$0")/.."

case $* in
    install | uninstall | "install library" | "uninstall library") action=$1 part=${2-all} ;;
    *) echo "usage: scripts/install.sh install|uninstall [library]" >&2; exit 64 ;;
esac

DESTDIR=${DESTDIR-}
PREFIX=${PREFIX:-/usr/local}
BINDIR=${BINDIR:-$PREFIX/bin}
LIBDIR=${LIBDIR:-$PREFIX/lib}
INCLUDEDIR=${INCLUDEDIR:-$PREFIX/include}
DATADIR=${DATADIR:-$PREFIX/share}
MANDIR=${MANDIR:-$DATADIR/man}
UNITDIR=${UNITDIR:-$PREFIX/lib/systemd/system}
ZSHDIR=${ZSHDIR:-$DATADIR/zsh/site-functions}
built=.build-static
version=$(scripts/version.sh)

for folder in "$PREFIX" "$BINDIR" "$LIBDIR" "$INCLUDEDIR" "$DATADIR" "$MANDIR" "$UNITDIR" "$ZSHDIR"; do
    # They end up in files that others read: dither.pc, units. A relative one would be relative to somewhere else there.
    [[ $folder =~ ^/[A-Za-z0-9._/+-]*$ ]] || { echo "install: $folder is no absolute path of plain characters" >&2; exit 64; }
done
needed=($built/library/libdither.so)
[[ $part == library ]] || needed+=($built/programs/dither $built/completions/dither.bash)
for file in "${needed[@]}"; do
    if [[ $action == install && ! -e $file ]]; then
        echo "install: $file is not built; run: make release" >&2
        exit 1
    fi
done

# put MODE SOURCE TARGET: one file, with the places filled in if its name ends in .in or it is a unit.
put() {
    local mode=$1 source=$2 target=$DESTDIR$3
    if [[ $action == uninstall ]]; then
        rm -f "$target"
        return
    fi
    mkdir -p "${target%/*}"
    case $source in
        *.in | *.service | *.timer)
            sed -e "s|@PREFIX@|$PREFIX|; s|@INCLUDEDIR@|$INCLUDEDIR|; s|@LIBDIR@|$LIBDIR|; s|@VERSION@|$version|" \
                -e "s|/usr/bin/dither|$BINDIR/dither|" "$source" >"$target.new"
            chmod "$mode" "$target.new"
            mv "$target.new" "$target"
            ;;
        *) install -m "$mode" -T "$source" "$target" ;;
    esac
}

# name TARGET LINK: a symbolic link within one folder.
name() {
    rm -f "$DESTDIR$2"
    [[ $action == uninstall ]] || ln -s "$1" "$DESTDIR$2"
}

put 644 clients/CTelemetryAgent/include/dither.h "$INCLUDEDIR/dither.h"
put 644 "$built/library/libdither.so.1.0.0" "$LIBDIR/libdither.so.1.0.0"
name libdither.so.1.0.0 "$LIBDIR/libdither.so.1"
name libdither.so.1 "$LIBDIR/libdither.so"
put 644 "$built/library/libdither.a" "$LIBDIR/libdither.a"
put 644 clients/packaging/dither.pc.in "$LIBDIR/pkgconfig/dither.pc"

put 644 docs/man/libdither.3 "$MANDIR/man3/libdither.3"
# `man dither_open` shows the library's page.
while read -r function; do
    name libdither.3 "$MANDIR/man3/$function.3"
done < <(grep -oE '\bdither_[a-z_]+\(' clients/CTelemetryAgent/include/dither.h | tr -d '(' | sort -u)

if [[ $part == all ]]; then
    for program in dither dither-agent dither-collector; do
        put 755 "$built/programs/$program" "$BINDIR/$program"
        put 644 "$built/completions/$program.bash" "$DATADIR/bash-completion/completions/$program"
        put 644 "$built/completions/$program.zsh" "$ZSHDIR/_$program"
        put 644 "$built/completions/$program.fish" "$DATADIR/fish/vendor_completions.d/$program.fish"
    done

    for page in docs/man/*.[1-8]; do
        put 644 "$page" "$MANDIR/man${page##*.}/${page##*/}"
    done

    put 644 collector/packaging/dither-collector.service "$UNITDIR/dither-collector.service"
    put 644 clients/packaging/dither-agent@.service "$UNITDIR/dither-agent@.service"
    put 644 clients/packaging/dither-agent@.timer "$UNITDIR/dither-agent@.timer"
    put 644 clients/packaging/program.env "$DATADIR/doc/dither/examples/program.env"
    for file in collector.yaml prometheus-alerts.yml prometheus-alerts-test.yml grafana-dashboard.json nginx.conf Caddyfile; do
        put 644 "collector/packaging/$file" "$DATADIR/doc/dither/examples/$file"
    done
    put 644 clients/examples/hello/metrics.yaml "$DATADIR/doc/dither/examples/metrics.yaml"
fi

if [[ $action == uninstall ]]; then
    rmdir --ignore-fail-on-non-empty "$DESTDIR$DATADIR/doc/dither/examples" "$DESTDIR$DATADIR/doc/dither" 2>/dev/null || true
fi
# So that programs find the library at once; a staged tree is not this machine's.
if [[ -z $DESTDIR ]] && ((EUID == 0)); then ldconfig; fi
