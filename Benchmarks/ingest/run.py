#!/usr/bin/env python3
"""What a collector takes, beside the least and the usual that could do the same, in one interleaved run.

usage: Benchmarks/ingest/run.py [--rounds N] [--seconds S] [--markdown FILE]

Prints one table: median (minimum to maximum) of every condition, then which goals are met. Exits 1 if one is missed, so
do not run it beside anything else. nginx, and a virtual environment of requirements.txt named by FASTAPI_PYTHON, are
measured if they are there.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
# As it is shipped: with the Swift runtime inside, which saves it a call through a table for each of its own.
RELEASE = ROOT / ".build-static-tools/release"
CONNECTIONS = 64
MEDIA_TYPE = "application/vnd.dither.reports.v1"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def output(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout


class Server:
    """A server in a process of its own, stopped at the end of a `with`."""

    def __init__(self, words, port=None, environment=None, folder=None):
        self.process = subprocess.Popen(
            [str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=folder,
            env={**os.environ, **(environment or {})})
        if port is None:
            line = self.process.stdout.readline()
            if not line.startswith("listening on "):
                raise RuntimeError(f"{words[0]} does not listen: {line}")
            port = int(line.rsplit(":", 1)[1])
        self.port = port
        self.await_connection()

    def await_connection(self):
        for _ in range(1000):
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError("the server ended") from None
                time.sleep(0.01)
        raise RuntimeError("the server does not answer")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)

    def cpu_seconds(self):
        """Of the process and its children, such as the one worker of nginx."""
        total = 0
        for task in [self.process.pid, *self.children()]:
            fields = pathlib.Path(f"/proc/{task}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")

    def children(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(word) for word in text.split()]


class Bench:
    def __init__(self, folder, seconds):
        self.folder, self.seconds = folder, seconds
        self.load, self.baseline = folder / "load", folder / "baseline"
        subprocess.run(["cc", "-O2", "-o", self.load, HERE / "load.c"], check=True)
        subprocess.run(["cc", "-O2", "-o", self.baseline, HERE / "baseline.c", "-lsqlite3"], check=True)
        # One device's batch of 1 KiB; one of a single report; and one as a gateway would send it.
        self.device, self.single, self.gateway = folder / "device", folder / "single", folder / "gateway"
        for path, count, byte_count in [(self.device, 4, 128), (self.single, 1, 16), (self.gateway, 1000, 16)]:
            output(RELEASE / "ingest-host", "batch", path, count, byte_count)
        self.results = {}
        self.nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
        self.python = os.environ.get("FASTAPI_PYTHON")

    def note(self, name, number):
        self.results.setdefault(name, []).append(number)

    def store(self):
        """A path for a new store."""
        path = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "store.db"
        return path

    def collector(self, batch, store):
        return Server(
            [RELEASE / "dither-collector", "serve", "--metrics", f"{batch}.set", "--store", store, "--listen", "127.0.0.1:0"])

    def post(self, server, batch, connections, media_type=MEDIA_TYPE, path="/v1/reports"):
        """Requests per second, p50 and p99 in microseconds, and the server's CPU per request in microseconds."""
        before = server.cpu_seconds()
        words = output(self.load, server.port, connections, self.seconds, batch, media_type, path).split()
        rate, p50, p99, failures, count = map(float, words)
        if failures:
            raise RuntimeError(f"{failures:.0f} of {count:.0f} answers were no success")
        return rate, p50, p99, (server.cpu_seconds() - before) / count * 1e6

    def round(self):
        store = self.store()
        with self.collector(self.device, store) as server:
            rate, p50, p99, cpu = self.post(server, self.device, CONNECTIONS)
        self.note("durable: batches/s", rate)
        self.note("durable: p50 ms", p50 / 1000)
        self.note("durable: p99 ms", p99 / 1000)
        self.note("collector: CPU µs per POST", cpu)
        shutil.rmtree(store.parent)

        with Server([RELEASE / "ingest-host", "serve", f"{self.device}.set", 0]) as server:
            rate, _, _, cpu = self.post(server, self.device, CONNECTIONS)
        self.note("without a store: batches/s", rate)
        self.note("without a store: CPU µs per POST", cpu)

        self.note("fdatasync µs", float(output(self.baseline, "fdatasync", self.folder / "synchronised", 300)))

        store = self.store()
        words = output(
            RELEASE / "ingest-host", "commits", f"{self.single}.set", store, self.single, self.folder / "scratch", 300)
        commit, growing, ratio, prewritten, prewritten_ratio = map(float, words.split())
        self.note("one client: commit µs", commit)
        self.note("one client: write and fdatasync, file grows: µs", growing)
        self.note("one client: ratio of the pairs, file grows", ratio)
        self.note("one client: write and fdatasync, in place: µs", prewritten)
        self.note("one client: ratio of the pairs, in place", prewritten_ratio)
        shutil.rmtree(store.parent)

        store = self.store()
        with self.collector(self.gateway, store) as server:
            rate, *_ = self.post(server, self.gateway, 8)
        self.note("batches of 1,000: reports/s", rate * 1000)
        # The same tables, empty: what that collector made.
        store = self.store()
        with self.collector(self.gateway, store):
            pass
        self.note("bare SQLite: reports/s", float(output(self.baseline, "sqlite", store, self.seconds, 1000)))

        self.nginx_round()
        self.fastapi_round()

    def nginx_round(self):
        if not self.nginx:
            return
        port = free_port()
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        folder.chmod(0o777)
        (folder / "nginx.conf").write_text((HERE / "nginx.conf").read_text().replace("PORT", str(port)))
        with Server([self.nginx, "-p", folder, "-c", folder / "nginx.conf"], port=port) as server:
            _, _, _, cpu = self.post(server, self.device, CONNECTIONS)
        self.note("nginx: CPU µs per POST", cpu)

    def fastapi_round(self):
        if not self.python:
            return
        day = int(time.time()) // 86400
        reports = [
            {"metric": 1, "day": day - index, "fingerprint": "0" * 15 + "1", "payload": "a7" * 128} for index in range(4)]
        batch = self.folder / "batch.json"
        batch.write_text(json.dumps({"identifier": "0" * 32, "reports": reports}, separators=(",", ":")))
        port = free_port()
        words = [
            self.python, "-m", "uvicorn", "fastapi_server:app", "--host", "127.0.0.1", "--port", port, "--no-access-log",
            "--log-level", "error", "--loop", "uvloop", "--http", "httptools"]
        store = self.store()
        with Server(words, port=port, environment={"STORE": str(store)}, folder=HERE) as server:
            rate, _, _, cpu = self.post(server, batch, CONNECTIONS, "application/json")
        self.note("FastAPI: batches/s", rate)
        self.note("FastAPI: CPU µs per POST", cpu)
        shutil.rmtree(store.parent)

    def median(self, name):
        return statistics.median(self.results[name]) if name in self.results else None

    def paired(self, one, other):
        return statistics.median(a / b for a, b in zip(self.results[one], self.results[other]))

    def goals(self):
        """Each goal in words, and whether it is met; `None` where something is missing."""
        disk = 0.7 * CONNECTIONS / (2 * self.median("fdatasync µs") * 1e-6)
        half = 0.5 * self.median("without a store: batches/s")
        durable = self.median("durable: batches/s")
        yield (f"durable batches on {CONNECTIONS} connections ≥ min(0.5 × without a store, 0.7 · 64 / (2 · fdatasync))",
               f"{durable:,.0f}/s against min({half:,.0f}, {disk:,.0f})", durable >= min(half, disk))
        ratio, in_place = (self.median(f"one client: ratio of the pairs, {name}") for name in ["file grows", "in place"])
        yield ("one client's commit ≤ 1.3 × write and fdatasync of the same bytes",
               f"{ratio:.2f} where they lengthen a file, {in_place:.2f} where it has them", ratio <= 1.3)
        ratio = self.paired("batches of 1,000: reports/s", "bare SQLite: reports/s")
        yield "batches of 1,000 reports ≥ 0.8 × a bare SQLite loop", f"{ratio:.2f}", ratio >= 0.8
        name = "CPU per POST of 1 KiB ≤ 4 × nginx `return 204`"
        if self.nginx:
            ratio = self.paired("collector: CPU µs per POST", "nginx: CPU µs per POST")
            yield name, f"{ratio:.2f}", ratio <= 4
        else:
            yield name, "skipped: no nginx", None
        name = "CPU per POST at least 4 times less than FastAPI and pydantic"
        if self.python:
            ratio = self.paired("FastAPI: CPU µs per POST", "collector: CPU µs per POST")
            yield name, f"{ratio:.1f} times less", ratio >= 4
        else:
            yield name, "skipped: FASTAPI_PYTHON names no interpreter", None

    def table(self):
        lines = ["| Measured | Median | Least | Most |", "|---|--:|--:|--:|"]
        for name, numbers in self.results.items():
            cells = [f"{number:,.0f}" if number >= 100 else f"{number:.2f}" for number in (
                statistics.median(numbers), min(numbers), max(numbers))]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        lines += ["", "| Goal | Measured | |", "|---|---|---|"]
        for name, measured, is_met in self.goals():
            lines.append(f"| {name} | {measured} | {'not measured' if is_met is None else 'met' if is_met else 'missed'} |")
        return "\n".join(lines)


def machine():
    model = next(
        (line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    return f"{os.cpu_count()} × {model}, Linux {platform.release()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="how often each condition is measured (9)")
    parser.add_argument("--seconds", type=float, default=2, help="how long each is loaded, each time (2)")
    parser.add_argument("--markdown", type=pathlib.Path, help="rewrite the measured part of this page")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.seconds <= 0:
        parser.error("rounds and seconds must be positive")
    # Not in memory: synchronising is half of what is measured.
    scratch = ROOT / ".build"
    others = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        bench = Bench(pathlib.Path(folder), arguments.seconds)
        for number in range(arguments.rounds):
            print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
            bench.round()
        text = (
            f"{machine()}; {arguments.rounds} rounds of {arguments.seconds:g} s; load average before: {others:.1f}.\n\n"
            f"{bench.table()}\n")
        missed = [name for name, _, is_met in bench.goals() if is_met is False]
    print(text)
    if arguments.markdown:
        page = arguments.markdown.read_text()
        begin, end = "<!-- measured -->\n", "<!-- end -->\n"
        head, rest = page.split(begin)
        arguments.markdown.write_text(head + begin + "\n" + text + "\n" + end + rest.split(end)[1])
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
