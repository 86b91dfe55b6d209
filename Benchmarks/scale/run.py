#!/usr/bin/env python3
"""What `dither estimate` costs for more and more reports: processor time, time and memory, against their number.

usage: Benchmarks/scale/run.py [--rounds N] [--filter N] [--sketch N] [--folder DIR] [--markdown FILE]

Builds stores in DIR (a temporary folder without it) and removes them, each of ten times the reports of the one before, up
to 10^8 filters of 16 bytes and 10^7 sketches of 130: 3.3 GB of disk, the largest at a time 1.7 GB. Prints a table. Exits 1 if
the cost grows faster than the reports, or memory grows with them.
"""

import argparse
import hashlib
import math
import os
import pathlib
import platform
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
RELEASE = ROOT / ".build/release"
DAY = 20_000
CHUNK_BYTES = 262_144
# How far the logarithm of the cost may rise for each of the reports', and memory over all of them, in MiB.
STEEPEST, MEMORY_MIB = 1.1, 64


def filter_chunks(count):
    """Partition and payloads of so many reports: 64 cohorts in turn, 16 bytes each."""
    pool = [os.urandom(CHUNK_BYTES) for _ in range(16)]
    for cohort in range(64):
        left = count // 64 + (cohort < count % 64)
        while left > 0:
            some = min(left, CHUNK_BYTES // 16)
            yield cohort, 16, pool[(cohort + left) % 16][: 16 * some]
            left -= some


def sketch_chunks(count):
    """The same of a sketch: two bytes for one of 1,024 rows, then its bits."""
    per_chunk = CHUNK_BYTES // 130

    def payloads():
        noise = bytearray(os.urandom(130 * per_chunk))
        for start in range(1, len(noise), 130):
            noise[start] &= 3
        return bytes(noise)

    pool = [payloads() for _ in range(16)]
    while count > 0:
        some = min(count, per_chunk)
        yield 0, 130, pool[count % 16][: 130 * some]
        count -= some


METRICS = {"filter": (1, filter_chunks), "sketch": (2, sketch_chunks)}


def make_store(path):
    """An empty store as a collector makes it, with the definitions of the registry."""
    metrics = path.with_suffix(".set")
    subprocess.run(
        [RELEASE / "dither", "registry", "compile", HERE / "metrics.yaml", "-o", metrics], check=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    collector = subprocess.Popen(
        [RELEASE / "dither-collector", "serve", "--metrics", metrics, "--store", path, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    line = collector.stdout.readline()
    collector.send_signal(signal.SIGTERM)
    if collector.wait() != 0 or not line.startswith("listening"):
        sys.exit(f"dither-collector does not serve: {line}")


def fill(path, metric, count):
    identifier, chunks = METRICS[metric]
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    for key, (partition, stride, payloads) in enumerate(chunks(count), 1):
        database.execute(
            "INSERT INTO chunk (key, metric, version, day, shape_key, stride, count, checksum, payloads)"
            " VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)",
            (key, identifier, DAY, partition, stride, len(payloads) // stride, hashlib.sha256(payloads).digest(), payloads))
        if key % 256 == 0:
            database.commit()
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def anonymous_kib(process):
    try:
        for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def measure(path, metric, count):
    """Processor seconds, seconds, and the most memory of its own in MiB, of one estimate."""
    start = time.monotonic()
    process = subprocess.Popen(
        [RELEASE / "dither", "estimate", "--registry", HERE / "metrics.yaml", "--store", path, "--metric", metric,
         "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    memory = [0]

    def watch():
        while not done.wait(0.005):
            memory[0] = max(memory[0], anonymous_kib(process))

    done = threading.Event()
    watcher = threading.Thread(target=watch)
    watcher.start()
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    done.set()
    watcher.join()
    if process.returncode != 0 or f'"reports": {count}'.encode() not in output.replace(b'":', b'": ').replace(b":  ", b": "):
        sys.exit(f"dither estimate of {count} reports ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, memory[0] / 1024


def rows_of(metric, largest, rounds, folder):
    count, rows = 10_000, []
    while count <= largest:
        path = folder / f"{metric}.db"
        make_store(path)
        fill(path, metric, count)
        runs = [measure(path, metric, count) for _ in range(rounds)]
        cost, elapsed, memory = (statistics.median(run[place] for run in runs) for place in range(3))
        rows.append((count, path.stat().st_size, cost, elapsed, memory))
        print(f"{metric} {count:>11,}: {cost:.3f} s of processor, {elapsed:.3f} s, {memory:.0f} MiB", file=sys.stderr)
        for file in folder.iterdir():
            file.unlink()
        count *= 10
    return rows


def judged(metric, rows):
    """What the rows say, and whether that is what was promised."""
    # What starting and decoding cost, the same for all, is not the cost of reports.
    start = min(row[2] for row in rows)
    steps = [row for row in rows if row[2] > 1.5 * start]
    slopes = [math.log10((after[2] - start) / (before[2] - start)) for before, after in zip(steps, steps[1:])]
    growth = max(row[4] for row in rows[1:]) - min(row[4] for row in rows[1:])
    per_report = (rows[-1][2] - start) / (rows[-1][0] - rows[0][0])
    is_kept = all(slope <= STEEPEST for slope in slopes) and growth <= MEMORY_MIB
    slope = ", ".join(f"{slope:.2f}" for slope in slopes) or "–"
    return (f"`{metric}`: {per_report * 1e9:.1f} ns of processor a report beside {start * 1000:.0f} ms to start and to "
            f"decode; slope of its logarithm against that of the reports, where they cost more than half of that: {slope}; "
            f"memory differs by {growth:.0f} MiB."), is_kept


def table(rows):
    yield "| Reports | Store, MB | Processor, s | Time, s | Memory of its own, MiB |"
    yield "|--:|--:|--:|--:|--:|"
    for count, size, cost, elapsed, memory in rows:
        yield f"| {count:,} | {size / 1e6:,.1f} | {cost:.3f} | {elapsed:.3f} | {memory:.0f} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--filter", type=float, default=1e8, help="the most filters")
    parser.add_argument("--sketch", type=float, default=1e7, help="the most sketches")
    parser.add_argument("--folder", type=pathlib.Path, help="where stores are built")
    parser.add_argument("--markdown", type=pathlib.Path, help="the page whose table is written anew")
    options = parser.parse_args()
    processor = next(
        (line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")),
        platform.machine())
    lines = [f"{os.cpu_count()} × {processor}, {platform.system()} {platform.release()}; medians of {options.rounds}; "
             f"load average before: {os.getloadavg()[0]:.1f}."]
    is_kept = True
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        for metric, largest in (("filter", options.filter), ("sketch", options.sketch)):
            rows = rows_of(metric, largest, options.rounds, pathlib.Path(name))
            words, holds = judged(metric, rows)
            is_kept = is_kept and holds
            lines += ["", words, "", *table(rows)]
    text = "\n".join(lines)
    print(text)
    if options.markdown:
        page = options.markdown.read_text(encoding="utf-8")
        before, rest = page.split("<!-- measured -->\n", 1)
        after = rest.split("<!-- end -->", 1)[1]
        options.markdown.write_text(f"{before}<!-- measured -->\n\n{text}\n\n<!-- end -->{after}", encoding="utf-8")
    sys.exit(0 if is_kept else 1)


if __name__ == "__main__":
    main()
