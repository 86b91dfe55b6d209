#!/usr/bin/env python3
"""Holds the instructions and allocations of the main operations to committed limits, by valgrind.

    check_costs.py            builds cost-host for release and counts; exits 1 where a limit is exceeded
    check_costs.py --update   writes Tests/cost-host/limits.json anew

What an operation costs is the difference between a run that does it often and one that does it seldom, so that starting up
does not count. The same work takes nearly the same instructions on every x86 with these versions of Swift and libcrypto:
libcrypto is told to use no extension of the instruction set, Swift to hash without a seed, and no operation branches on
its noise. The allowance of 5 % is for what
remains: the C library's choice of memset and memcpy by processor, and the allocator's state. Allocations have none.
Time is not measured: it says more about the machine.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMITS = ROOT / "Tests/cost-host/limits.json"
HOST = ROOT / ".build/release/cost-host"
SELDOM, OFTEN = 20, 220
ALLOWANCE = 1.05
# What is so far below its limit deserves a lower one.
SLACK = 0.85

ENVIRONMENT = os.environ | {"OPENSSL_ia32cap": "0:0", "SWIFT_DETERMINISTIC_HASHING": "1"}
INSTRUCTIONS = ["--tool=callgrind", "--callgrind-out-file=/dev/null"], r"Collected\s*:\s*(\d+)"
ALLOCATIONS = ["--tool=memcheck", "--leak-check=no", "--undef-value-errors=no"], r"total heap usage: ([\d,]+) allocs"


def count(tool, operation, repetitions):
    options, pattern = tool
    command = ["valgrind", *options, HOST, operation, str(repetitions)]
    run = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    found = re.search(pattern, run.stderr)
    if run.returncode != 0 or not found or run.stdout:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{run.stdout}{run.stderr}")
    return int(found[1].replace(",", ""))


def cost(operation):
    def each(tool):
        return round((count(tool, operation, OFTEN) - count(tool, operation, SELDOM)) / (OFTEN - SELDOM))

    return {"instructions": each(INSTRUCTIONS), "allocations": each(ALLOCATIONS)}


def main():
    if sys.argv[1:] not in ([], ["--update"]):
        sys.exit("usage: check_costs.py [--update]")
    build = ["swift", "build", "-c", "release", "--product", "cost-host"]
    subprocess.run(build, cwd=ROOT, env=os.environ | {"DITHER_WITHOUT_EXAMPLE": "1"}, check=True)
    limits = json.loads(LIMITS.read_text(encoding="utf-8"))
    usage = subprocess.run([HOST], capture_output=True, text=True, check=False).stdout
    operations = usage.removeprefix("usage: cost-host ").split(" ")[0].split("|")
    if not sys.argv[1:] and sorted(limits) != sorted(operations):
        sys.exit(f"costs: limits are of {sorted(limits)}, operations are {sorted(operations)}: run --update")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        costs = dict(zip(operations, pool.map(cost, operations)))
    if sys.argv[1:]:
        LIMITS.write_text(json.dumps(costs, indent=4) + "\n", encoding="utf-8")
        return
    exceeded = 0
    for operation, limit in limits.items():
        for kind, allowance in (("instructions", ALLOWANCE), ("allocations", 1)):
            found, allowed = costs[operation][kind], limit[kind] * allowance
            verdict = "EXCEEDED" if found > allowed else "lower the limit" if found < limit[kind] * SLACK else "ok"
            exceeded += found > allowed
            print(f"costs: {operation}: {found} {kind}, limit {limit[kind]}: {verdict}")
    if exceeded:
        sys.exit(f"costs: {exceeded} exceeded. Where that is meant: scripts/check_costs.py --update, and say why")


if __name__ == "__main__":
    main()
