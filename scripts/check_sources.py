#!/usr/bin/env python3
"""Rules about the text of sources and documentation: check_sources.py RULE prints each breach and exits 1 if any.

A line is exempt from the rule `float` if it ends in `// lint: allow float — reason`.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PRODUCTION = ("Sources", "clients", "collector", "analysis")
LONGEST_FILE = 500

IMPORT_OF_FOUNDATION = re.compile(r"\bimport\s+(?:\w+\s+)?Foundation(?:\w*)\b")
TRAP_OR_FORCED_CAST = re.compile(r"\btry!|\bas!|\bfatalError\b")
SAFE_BECAUSE = re.compile(r"//.*\bSafe because\b")
FLOATING_TYPE = re.compile(r"\b(?:C?Double|C?Float\d*|CGFloat|CLongDouble)\b")
FLOATING_LITERAL = re.compile(r"(?<![\w.])(?:\d[\d_]*\.\d|\d[\d_]*(?:\.\d+)?[eE][-+]?\d|0x[\da-fA-F_.]+[pP])")
# The standard library's own calls, which draw from it unless told otherwise; not, say, SecretKey.random().
SYSTEM_GENERATOR = re.compile(
    r"\bSystemRandomNumberGenerator\b|\.random\(in\b|\bBool\.random\(|(?<![\w)\]>?])\.random\(|"
    r"\.(?:shuffled|shuffle|randomElement)\(\)"
)
ALLOWED = re.compile(r"// lint: allow float — \S")
STRING = re.compile(r'"(?:\\.|[^"\\])*"')
LINK = re.compile(r"\]\(\s*<?([^)>\s]+)>?[^)]*\)|^\s*\[[^\]]+\]:\s*<?([^>\s]+)>?|(?:href|src)=\"([^\"]+)\"")


def swift_files(*places):
    for place in places:
        yield from sorted((ROOT / place).rglob("*.swift"))


def lines(file):
    return file.read_text(encoding="utf-8").split("\n")


def code_lines(file):
    """The numbered lines that are not comments as a whole."""
    for number, line in enumerate(lines(file), 1):
        if not line.lstrip().startswith("//"):
            yield number, line


def at(file, number, finding):
    return f"{file.relative_to(ROOT)}:{number}: {finding}"


def foundation():
    for file in swift_files("Sources", "clients/TelemetryAgent", "clients/dither-agent"):
        for number, line in code_lines(file):
            if IMPORT_OF_FOUNDATION.search(line):
                yield at(file, number, line.strip())


def floating():
    places = ("Sources/SecureRandomness", "Sources/ReportFormat", "Sources/Mechanisms", "clients/TelemetryAgent")
    for file in swift_files(*places):
        for number, line in code_lines(file):
            bare = STRING.sub('""', line).split("//")[0]
            breach = FLOATING_TYPE.search(line) or SYSTEM_GENERATOR.search(line) or FLOATING_LITERAL.search(bare)
            if breach and not ALLOWED.search(line):
                yield at(file, number, line.strip())


def safe_because():
    for file in swift_files(*PRODUCTION):
        reason_above = False
        for number, line in enumerate(lines(file), 1):
            has_reason = SAFE_BECAUSE.search(line) is not None
            if line.lstrip().startswith("//"):
                reason_above = reason_above or has_reason
                continue
            if TRAP_OR_FORCED_CAST.search(line) and not (has_reason or reason_above):
                yield at(file, number, line.strip())
            reason_above = False


def length():
    for file in swift_files(*PRODUCTION, "Tests", "Benchmarks/Sources"):
        count = len(lines(file)) - 1
        if count > LONGEST_FILE:
            yield at(file, count, f"{count} lines; the ceiling is {LONGEST_FILE}")


def links():
    folders = [ROOT / place for place in ("docs", *PRODUCTION, "Tests")]
    pages = [*ROOT.glob("*.md"), *(page for folder in folders for page in folder.rglob("*.md"))]
    for file in sorted(page for page in pages if ".docc/" not in page.as_posix()):
        is_fenced = False
        for number, line in enumerate(lines(file), 1):
            if line.lstrip().startswith(("```", "~~~")):
                is_fenced = not is_fenced
            if is_fenced:
                continue
            for match in LINK.finditer(re.sub(r"`[^`]*`", "", line)):
                target = next(group for group in match.groups() if group)
                path = target.split("#")[0].split("?")[0]
                if path == "" or re.match(r"[a-z][a-z0-9+.-]*:", target):
                    continue
                if not (file.parent / path).resolve().is_relative_to(ROOT):
                    yield at(file, number, f"{target} is outside the project")
                elif not (file.parent / path).exists():
                    yield at(file, number, f"{target} does not exist")


RULES = {
    "foundation": foundation,
    "float": floating,
    "safe-because": safe_because,
    "length": length,
    "links": links,
}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in RULES:
        sys.exit(f"usage: check_sources.py {'|'.join(RULES)}")
    sys.exit("\n".join(RULES[sys.argv[1]]()) or 0)
