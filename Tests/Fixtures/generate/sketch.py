#!/usr/bin/env python3
"""Configurations and vectors of the count mean sketch and the one-bit mean, computed independently of Sources/.

    sketch.py            writes the fixtures
    sketch.py --check    compares them with a fresh computation; exits 1 where they differ

In Tests/Fixtures:

    mechanisms/CountMeanSketch.json, mechanisms/OneBitMean.json    as mechanisms.py describes them
    sketch/hashes.json       keys of texts, and the functions and places of rows
    sketch/reports.json      reports of sketches as large as are used
    numbers/air_times.csv    how many of the first 300,000 flights with an air time had each, in minutes
    thresholds/lanes.csv     for every epsilon: the threshold of a chain where two bits differ, and the loss it realises

    vectors of a sketch      name of the noise, text (hexadecimal after "text:", or "none"), payload
    vectors of the mean      place, word, bit

Noise word i of a name is the first eight bytes, big-endian, of SHA-256("dither/fixtures/sketch/" name "/" i).
"""

import csv
import gzip
import hashlib
import pathlib
from collections import Counter
from fractions import Fraction

import fixture_files
import thresholds

WORD = thresholds.WORD
TEXTS = [
    None, b"", b"\0", b"0", b"1", b"a", "\u00e9\u6f22\U0001f600".encode(), b"A" * 63, b"A" * 64, bytes(253), bytes(254),
]


def word_text(word):
    return f"{word:016x}"


def noise_word(name, index):
    return int.from_bytes(hashlib.sha256(f"dither/fixtures/sketch/{name}/{index}".encode()).digest()[:8], "big")


def text_name(text):
    return "none" if text is None else "text:" + text.hex()


# Hashing


def key(text, seed):
    content = text or b""
    message = b"dither/cms/v1" + seed.to_bytes(8, "little") + (b"\0" if text is None else b"\1")
    message += len(content).to_bytes(2, "little") + content.ljust(256, b"\0")
    return int.from_bytes(hashlib.sha256(message).digest()[:8], "little")


def splitmix64(seed):
    """The generator of Steele, Lea and Flood (2014), as its authors published it."""
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) % WORD
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % WORD
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % WORD
        yield z ^ (z >> 31)


def rows(count, seed):
    """The multiplier and the offset of each row."""
    stream = splitmix64(next(splitmix64(seed)))
    return [(next(stream) | 1, next(stream)) for _ in range(count)]


def place(function, x, width):
    a, b = function
    return (a * x + b) % WORD * width // WORD


def hashes():
    chosen = [0, 1, 2, 1023, 65_535]
    for seed in (0, 1, WORD - 1, 0x0123456789ABCDEF):
        functions = rows(65_536, seed)
        yield {
            "seed": word_text(seed),
            "keys": [f"{text_name(text)} {word_text(key(text, seed))}" for text in TEXTS],
            "rows": [f"{j} {word_text(functions[j][0])} {word_text(functions[j][1])}" for j in chosen],
            "places": [
                f"{j} {width} {text_name(text)} {place(functions[j], key(text, seed), width)}"
                for j in chosen for width in (2, 1024, 65_536) for text in TEXTS
            ],
        }


# Thresholds


def unit(threshold):
    return 1 << (40 if threshold >= 1 << 56 else 32)


def flip_threshold(epsilon):
    """A multiple of what a chain can sample, and the least that is not below the exact one."""
    exact = thresholds.threshold(2, Fraction(epsilon, 2000))
    step = unit(exact)
    return thresholds.ceiling(exact, step) * step


def lane_lines():
    worst = 0
    lines = []
    for epsilon in range(1, thresholds.LARGEST_EPSILON + 1):
        threshold = flip_threshold(epsilon)
        loss = thresholds.loss_nanonats(Fraction(WORD - threshold, threshold) ** 2)
        assert 0 < loss <= epsilon * 10**6
        worst = max(worst, epsilon * 10**6 - loss)
        lines.append(f"{epsilon},{threshold:x},{loss}")
    assert worst == 30_158, worst  # What the mechanism says that rounding gives away, in 1e-9 nats.
    return ["epsilon_thousandths,threshold_hex,loss_nanonats", *lines]


# Reports


def report(rows_, width, threshold, functions, x, name):
    """Row and bits: each lane's uniform word, of as many bits as the chain keeps, is held against the threshold."""
    first = unit(threshold).bit_length() - 1
    words = -(-width // 64)
    row = noise_word(name, 0) % rows_
    bits = [int(i == place(functions[row], x, width)) for i in range(width)]
    drawn = [noise_word(name, 1 + i) for i in range((64 - first) * words)]
    for lane in range(width):
        kept = [drawn[level * words + lane // 64] >> lane % 64 & 1 for level in range(64 - first)]
        uniform = sum(bit << level for level, bit in enumerate(kept))
        bits[lane] ^= uniform < threshold >> first
    index = b"" if rows_ == 1 else row.to_bytes(1 if rows_ <= 256 else 2, "little")
    return index + sum(bit << lane for lane, bit in enumerate(bits)).to_bytes(-(-width // 8), "little")


def sketch_vectors(rows_, width, epsilon, texts, draws):
    functions = rows(rows_, 0)
    threshold = flip_threshold(epsilon)
    for text in texts:
        for draw in range(draws):
            name = f"{rows_}x{width}/{epsilon}/{draw}"
            payload = report(rows_, width, threshold, functions, key(text, 0), name)
            yield f"{name} {text_name(text)} {payload.hex()}"


def declaration(domain, reports_absence, epsilon, parameters):
    fields = {"values": 0, "domain": domain, "reports_absence": reports_absence, "parameters": parameters}
    return fields if epsilon is None else fields | {"epsilon": epsilon}


def sketch_declaration(rows_, width, reports_absence, epsilon, domain="text"):
    named = {"rows": rows_, "width": width}
    return declaration(
        domain, reports_absence, epsilon, {name: str(count) for name, count in named.items() if count is not None})


def sketch(rows_, width, reports_absence, epsilon, draws=3):
    texts = TEXTS if reports_absence else TEXTS[1:]
    return sketch_declaration(rows_, width, reports_absence, epsilon) | {
        "thresholds": [word_text(flip_threshold(epsilon))],
        "vectors": list(sketch_vectors(rows_, width, epsilon, texts, draws)),
    }


def refused_sketch(error, rows_, width, reports_absence, epsilon, permanent_epsilon=None, domain="text"):
    fields = sketch_declaration(rows_, width, reports_absence, epsilon, domain) | {"error": error}
    return fields if permanent_epsilon is None else fields | {"permanent_epsilon": permanent_epsilon}


COUNT_MEAN_SKETCH = {
    "configurations": [
        sketch(1, 2, False, 1000), sketch(2, 2, True, 1), sketch(2, 4, True, 16_000), sketch(4, 4, False, 4000),
        sketch(8, 4, True, 2000), sketch(4, 8, True, 500), sketch(1, 8, False, 11_090), sketch(16, 2, True, 8000),
    ],
    "refused": [
        refused_sketch("missingParameter", None, 8, False, 1000),
        refused_sketch("missingParameter", 8, None, False, 1000),
        refused_sketch("missingParameter", 8, 8, False, None),
        refused_sketch("countOutOfRange", 0, 8, False, 1000), refused_sketch("countOutOfRange", -4, 8, False, 1000),
        refused_sketch("countOutOfRange", 131_072, 8, False, 1000),
        refused_sketch("countOutOfRange", 8, 1, False, 1000),
        refused_sketch("countOutOfRange", 8, 131_072, False, 1000),
        refused_sketch("countOutOfRange", 8, "16.5", False, 1000),
        refused_sketch("countOutOfRange", 65_536, 4096, False, 4000),
        refused_sketch("notAPowerOfTwo", 3, 8, False, 1000), refused_sketch("notAPowerOfTwo", 8, 1000, False, 1000),
        refused_sketch("epsilonOutOfRange", 8, 8, True, 0), refused_sketch("epsilonOutOfRange", 8, 8, True, 16_001),
        refused_sketch("unknownParameter", 8, 8, False, 1000, 2000),
        refused_sketch("domainNotTaken", 8, 8, False, 1000, domain="range"),
        refused_sketch("domainNotTaken", 8, 8, False, 1000, domain=None),
    ],
}

REPORTS = [
    {
        "rows": k, "width": m, "epsilon": epsilon,
        "vectors": list(sketch_vectors(k, m, epsilon, [None, b"", b"EWR", bytes(254)], 2)),
    }
    for k, m, epsilon in [(1, 64, 1000), (256, 128, 2000), (512, 32, 16_000), (65_536, 1024, 4000), (1024, 2048, 12_000)]
]


# The one-bit mean

END = 1 << 32


def ones(place_, threshold):
    return threshold + place_ * (WORD - 2 * threshold) // END


def mean(epsilon):
    threshold = thresholds.threshold(2, Fraction(epsilon, 1000))
    vectors = []
    for place_ in (0, 1, 12_345_678, END // 2 - 1, END // 2, END // 2 + 1, END - 1, END):
        edge = ones(place_, threshold)
        words = [0, edge - 1, edge, WORD - 1] + [noise_word(f"mean/{epsilon}/{place_}", i) for i in range(6)]
        vectors += [f"{place_} {word_text(word)} {int(word < edge)}" for word in words]
    return declaration("range", False, epsilon, {}) | {"thresholds": [word_text(threshold)], "vectors": vectors}


def refused_mean(error, epsilon, reports_absence=False, permanent_epsilon=None, domain="range"):
    fields = declaration(domain, reports_absence, epsilon, {}) | {"error": error}
    return fields if permanent_epsilon is None else fields | {"permanent_epsilon": permanent_epsilon}


ONE_BIT_MEAN = {
    "configurations": [mean(epsilon) for epsilon in (1, 100, 500, 693, 1000, 2000, 4000, 16_000)],
    "refused": [
        refused_mean("missingParameter", None), refused_mean("epsilonOutOfRange", 0),
        refused_mean("epsilonOutOfRange", 16_001), refused_mean("absenceNotTaken", 1000, reports_absence=True),
        refused_mean("unknownParameter", 1000, permanent_epsilon=2000),
        refused_mean("domainNotTaken", 1000, domain="text"), refused_mean("domainNotTaken", 1000, domain=None),
    ],
}


FLIGHTS = pathlib.Path(__file__).resolve().parents[3] / "clients/examples/flights/flights.csv.gz"


def air_time_lines():
    with gzip.open(FLIGHTS, "rt", encoding="utf-8", newline="") as file:
        minutes = [int(row["air_time_minutes"]) for row in csv.DictReader(file) if row["air_time_minutes"]]
    counts = Counter(minutes[:300_000])
    assert sum(counts.values()) == 300_000 and 0 < min(counts) and max(counts) <= 720
    return ["minutes,flights", *(f"{minute},{counts[minute]}" for minute in sorted(counts))]


if __name__ == "__main__":
    fixture_files.main(
        {
            "mechanisms/CountMeanSketch.json": fixture_files.as_json(COUNT_MEAN_SKETCH),
            "mechanisms/OneBitMean.json": fixture_files.as_json(ONE_BIT_MEAN),
            "numbers/air_times.csv": fixture_files.as_lines(air_time_lines()),
            "sketch/hashes.json": fixture_files.as_json(list(hashes())),
            "sketch/reports.json": fixture_files.as_json(REPORTS),
            "thresholds/lanes.csv": fixture_files.as_lines(lane_lines()),
        },
        owned_folders=("sketch", "numbers"),
    )
