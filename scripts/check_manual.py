#!/usr/bin/env python3
"""Holds the manual pages to what they describe: prints whatever is missing from one, and exits 1 if anything is.

Commands, flags, variables and exit codes come from the recorded help texts, functions and numbers from dither.h, keys
from docs/registry.md. Where man or mandoc is installed, a page with warnings is an error too.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MANUAL = ROOT / "docs/man"
HELP_OF_PAGE = {
    "dither.1": "help-dither help-registry* help-estimate help-compare help-report help-dashboard help-export help-plan help-audit help-study help-rappor* "
    "help-simulate help-demo",
    "dither-agent.1": "help-agent",
    "dither-collector.8": "help-collector*",
}
FLAG = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
VARIABLE = re.compile(r"\bDITHER_[A-Z_]+\b|\bDO_NOT_TRACK\b|/etc/dither/[a-z-]+")
# Two or more spaces, a name, two or more spaces, a sentence: how all help texts list commands and codes.
ENTRY = re.compile(r"^ {2,6}([a-z][a-z-]*|\d+)(?= {2,}| [A-Z-])", re.MULTILINE)


def plain(page):
    """The text of a page without roff: what a reader sees, near enough to look words up in it."""
    text = (MANUAL / page).read_text(encoding="utf-8")
    text = re.sub(r"^[.']\\\".*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\.[A-Z]{1,2} ?", "", text, flags=re.MULTILINE)
    text = re.sub(r"\\f[BRIP]|\\c", "", text)
    return text.replace(r"\-", "-").replace(r"\~", " ").replace('"', "").replace(r"\(dq", '"')


def without_examples(help_text):
    return re.sub(r"^(EXAMPLES?:?)\n(.+\n)+", "", help_text, flags=re.MULTILINE)


def described_in_help(page):
    for pattern in HELP_OF_PAGE[page].split():
        files = sorted((ROOT / "Tests/Fixtures/command-lines").glob(pattern + ".txt"))
        if not files:
            yield f"(no recorded help {pattern})"
        for file in files:
            text = without_examples(file.read_text(encoding="utf-8").split("-- stdout\n", 1)[1])
            yield from FLAG.findall(text)
            yield from VARIABLE.findall(text)
            yield from ENTRY.findall(text)


def declared_in_header():
    text = (ROOT / "clients/CTelemetryAgent/include/dither.h").read_text(encoding="utf-8")
    yield from re.findall(r"\b(dither_[a-z_]+)\(", text)
    yield from re.findall(r"\b(DITHER_[A-Z_]+) = ", text)
    options = re.search(r"struct dither_options \{(.*?)\n\}", text, re.DOTALL)
    yield from re.findall(r"(\w+);", re.sub(r"/\*.*?\*/", "", options.group(1), flags=re.DOTALL)) if options else ["(no dither_options)"]


def keys_of_registries():
    text = (ROOT / "docs/registry.md").read_text(encoding="utf-8")
    for table in re.findall(r"^\| (?:Key|Mechanism) \|.*\n((?:\|.*\n)+)", text, re.MULTILINE):
        for row in re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", table, re.MULTILINE):
            yield from re.findall(r"`([a-z_]+)`", row)


def missing(page, wanted):
    text = plain(page)
    for word in sorted(set(wanted)):
        if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text):
            yield f"docs/man/{page} does not name {word}"


def warnings(file):
    if shutil.which("man") and shutil.which("groff"):
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "MANROFFSEQ": "t"}
        command = ["man", "--warnings", "--local-file", str(file)]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        yield from (f"{file.relative_to(ROOT)}: {line}" for line in run.stderr.splitlines())
    if shutil.which("mandoc"):
        command = ["mandoc", "-T", "lint", "-W", "warning", str(file)]
        yield from subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


def findings():
    for page in HELP_OF_PAGE:
        yield from missing(page, described_in_help(page))
    yield from missing("libdither.3", [word for word in declared_in_header() if word != "size"])
    yield from missing("dither-registry.5", keys_of_registries())
    version = subprocess.run([ROOT / "scripts/version.sh"], capture_output=True, text=True, check=True).stdout.strip()
    for file in sorted(MANUAL.iterdir()):
        if f'"dither {version}"' not in file.read_text(encoding="utf-8"):
            yield f"{file.relative_to(ROOT)} is not of version {version}"
        yield from warnings(file)


if __name__ == "__main__":
    sys.exit("\n".join(findings()) or 0)
