#!/usr/bin/env python3
"""Holds generated pages to what they are generated from: check_pages.py [--write] [--privacy] [--dither PATH] [--root FOLDER].

Pages for users, PRIVACY.html and PRIVACY.md beside a registry, to `dither registry explain`; the tables of docs/choosing.md to
`dither plan`. Exits 4 where one is stale, after naming all that are; --write makes them anew instead. --privacy leaves the
tables out. The program is that of the debug build unless another is named.
"""

import argparse
import csv
import io
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGES = {"PRIVACY.html": "--html", "PRIVACY.md": "--markdown"}
MARKS = ("Made by `dither registry explain", 'content="dither registry explain')
STALE = 4

EPSILONS = ("0.1", "0.5", "1", "2", "4")
DECLARED = (
    "randomized_response", "subset_selection", "symmetric_unary_encoding", "optimized_unary_encoding",
    "optimized_local_hashing", "projective_geometry_response", "hadamard_response",
)  # fmt: skip
# What is asked, how `plan` is asked, and with which mechanisms.
QUESTIONS = (
    ("yes or no", ("--domain", "boolean", "--target", "1%"), ("randomized_response",)),
    ("one of 16", ("--domain", "16", "--target", "1%"), DECLARED),
    ("one of 1,024", ("--domain", "1024", "--target", "1%"), DECLARED),
    ("a text, 1,000 looked for", ("--domain", "string", "--target", "1%"), ("count_mean_sketch", "hadamard_count_mean_sketch")),
    ("the mean of a number", ("--domain", "0..1", "--target", "0.01"), ("one_bit_mean", "hybrid", "piecewise")),
)
FLEETS = (
    ("yes or no", ("--domain", "boolean", "--mechanism", "randomized_response")),
    ("one of 16", ("--domain", "16", "--mechanism", "subset_selection")),
)
SIZES = ("100", "1000", "10000", "100000", "1000000")
BEGIN, END = "<!-- Made by scripts/check_pages.py --write from `dither plan`. -->\n", "<!-- End of the table. -->\n"


def ignored(path, root):
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def privacy_faults(dither, root, write):
    """Every page for users below the folder, wherever it is and whatever it is called."""
    for path in sorted(root.rglob("*")):
        if ignored(path, root) or path.suffix not in (".html", ".md") or not path.is_file():
            continue
        if not any(mark in path.read_text(encoding="utf-8")[:4096] for mark in MARKS) and path.name not in PAGES:
            continue
        if "Tests" in path.relative_to(root).parts:
            continue  # pages there are made to be wrong
        shown, registry = path.relative_to(root), path.parent / "metrics.yaml"
        if path.name not in PAGES:
            yield f"{shown}: a page for users is called {' or '.join(PAGES)}, so that this check finds its registry"
        elif not registry.exists():
            yield f"{shown}: there is no metrics.yaml beside it"
        else:
            command = [dither, "registry", "explain", registry, PAGES[path.name], "-o" if write else "--check", path]
            outcome = subprocess.run(command, capture_output=True, text=True, check=False)
            if outcome.returncode:
                yield outcome.stderr.strip().removeprefix("dither: ").replace(f"{path.parent}/", f"{shown.parent}/")
            else:
                print(f"{shown}: {'written' if write else 'up to date'}")


def plans(dither, options):
    """The rows of one call of plan."""
    command = [dither, "plan", *options, "--epsilon", ",".join(EPSILONS), "--format", "csv"]
    outcome = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if outcome.returncode:
        sys.exit(f"failed: {' '.join(command)}")
    return list(csv.DictReader(io.StringIO(outcome.stdout)))


def significant(count):
    """A count with three digits that say something, rounded up."""
    unit = 10 ** max(0, len(str(count)) - 3)
    return f"{-(-count // unit) * unit:,}"


def two_digits(error):
    return f"{float(f'{error:.2g}'):g}"


def head(*names):
    return [
        "| " + " | ".join((*names, *(f"ε {epsilon}" for epsilon in EPSILONS))) + " |",
        "|" + "---|" * len(names) + "--:|" * len(EPSILONS),
    ]


def devices_table(dither):
    """How many devices know a share to a point, by mechanism and ε; the fewest of each question are bold."""
    lines = head("Asked", "Mechanism")
    for asked, options, mechanisms in QUESTIONS:
        counts = {
            mechanism: [int(row["devices"]) for row in plans(dither, (*options, "--mechanism", mechanism))]
            for mechanism in mechanisms
        }
        least = [min(column) for column in zip(*counts.values())]
        for mechanism, row in counts.items():
            cells = [significant(count) for count in row]
            marked = (f"**{cell}**" if count == best else cell for cell, count, best in zip(cells, row, least))
            lines.append(f"| {asked} | `{mechanism}` | " + " | ".join(marked) + " |")
            asked = ""
    return "\n".join(lines) + "\n"


def fleets_table(dither):
    """To how many points a fleet knows a share."""
    lines = head("Asked", "Devices")
    for asked, options in FLEETS:
        rows = plans(dither, (*options, "--devices", ",".join(SIZES)))
        for size in SIZES:
            errors = {row["epsilon"]: 100 * float(row["error"]) for row in rows if row["devices"] == size}
            cells = ("± " + two_digits(errors[f"{float(epsilon):.3f}"]) for epsilon in EPSILONS)
            lines.append(f"| {asked} | {int(size):,} | " + " | ".join(cells) + " |")
            asked = ""
    return "\n".join(lines) + "\n"


def table_faults(dither, root, write):
    path = root / "docs/choosing.md"
    text = path.read_text(encoding="utf-8")
    parts = text.split(BEGIN)
    pieces = [parts[0]]
    for part, make in zip(parts[1:], (devices_table, fleets_table), strict=True):
        pieces.append("\n" + make(dither) + "\n" + END + part.split(END, 1)[1])
    fresh = BEGIN.join(pieces)
    if write and fresh != text:
        path.write_text(fresh, encoding="utf-8")
    elif fresh != text:
        yield "docs/choosing.md: its tables differ from what dither plan says"
        return
    print(f"docs/choosing.md: {'written' if write else 'up to date'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--privacy", action="store_true")
    parser.add_argument("--dither", default=str(ROOT / ".build/debug/dither"))
    parser.add_argument("--root", type=pathlib.Path, default=ROOT)
    options = parser.parse_args()
    if not pathlib.Path(options.dither).exists():
        sys.exit(f"{options.dither}: there is no such program. Build it: swift build --product dither")
    found = list(privacy_faults(options.dither, options.root.resolve(), options.write))
    if not options.privacy:
        found += table_faults(options.dither, options.root.resolve(), options.write)
    if found:
        print("\n".join(found), "Make them anew: make pages", sep="\n", file=sys.stderr)
    return STALE if found else 0


if __name__ == "__main__":
    sys.exit(main())
