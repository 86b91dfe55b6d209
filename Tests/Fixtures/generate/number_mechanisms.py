#!/usr/bin/env python3
"""Configurations and vectors of the mechanisms for numbers, computed independently of Sources/.

    number_mechanisms.py            writes the fixtures
    number_mechanisms.py --check    compares them with a fresh computation; exits 1 where they differ

In Tests/Fixtures:

    mechanisms/Piecewise.json, Hybrid.json, SquareWave.json, DBitFlip.json    as mechanisms.py describes them
    distributions/square_wave.json    counts of outputs, and the shares of buckets by regression and by maximisation

Thresholds are followed by what else is chosen, as decimals: of a window its width. Vectors hold the place, the words that
are drawn and the payload, words and payload in hexadecimal. Everything rests on a rational lower bound of e^epsilon that
is exact to 2^-300.
"""

import hashlib
from fractions import Fraction
from math import ceil, exp, floor, log

import fixture_files

WORD = 1 << 64
END = 1 << 32
PLACES = [0, 1, 12_345_678, END // 3, END // 2 - 1, END // 2, END - 1, END]


def exponential(epsilon, over=1000):
    """e^(epsilon / over), short by less than 2^-300."""
    x, term, total, n = Fraction(epsilon, over), Fraction(1), Fraction(0), 0
    while term > Fraction(1, 1 << 340):
        total += term
        n += 1
        term = Fraction(floor(term * x / n * (1 << 400)), 1 << 400)
    return total


def words(name, count):
    digests = (hashlib.sha256(f"dither/fixtures/numbers/{name}/{i}".encode()).digest() for i in range(count))
    return [int.from_bytes(digest[:8], "big") for digest in digests]


def share(word, count):
    return word * count // WORD


# Windows


def outside_threshold(cells, width, epsilon):
    """The least T of N words with (N - T) * ceil(N / w) <= e^epsilon * T * floor(N / (g - 1))."""
    inside, outside = -(-WORD // width), WORD // (cells - 1)
    return ceil(WORD * inside / (inside + exponential(epsilon) * outside))


def respond(cells, width, threshold, cell, side, inside, outside):
    """The window's outputs in order, or those before it and those after it."""
    if side >= threshold:
        return cell + share(inside, width)
    others = list(range(cell)) + list(range(cell + width, cells + width - 1))
    return others[share(outside, cells - 1)]


def end_variance(steps, width, e):
    """Of an estimate of the place at the end of the range, from the likelihoods themselves."""
    outputs = steps + width
    b = 1 / (width * e + steps)
    a = e * b
    center = Fraction(outputs - 1, 2)

    def moments(first):
        """Sums of y and of y^2 for the outputs before `first`, counted from the middle."""
        ones, squares = Fraction(first * (first - 1), 2), Fraction(first * (first - 1) * (2 * first - 1), 6)
        return ones - center * first, squares - 2 * center * ones + center * center * first

    all_, own = moments(outputs), moments(width)
    mean = b * all_[0] + (a - b) * own[0]
    variance = b * all_[1] + (a - b) * own[1] - mean * mean
    return variance / (width * (a - b)) ** 2


def least_variance_width(steps, epsilon):
    e = Fraction(floor(exponential(epsilon) * (1 << 200)), 1 << 200)
    return min(range(1, steps + 1), key=lambda width: end_variance(steps, width, e))


def nearest(x):
    return floor(x + Fraction(1, 2))


def number_bytes(number, count):
    """In one byte where there are up to 256, in two up to 65,536, else in three."""
    return number.to_bytes(1 if count <= 1 << 8 else 2 if count <= 1 << 16 else 3, "little").hex()


def on_grid(place, steps, word):
    scaled = place * steps
    point, beyond = divmod(scaled, END)
    return point + (1 if word >> 32 < beyond else 0)


def declaration(epsilon, parameters, domain="range", reports_absence=False):
    named = {name: str(count) for name, count in parameters.items() if count is not None}
    fields = {"values": 0, "domain": domain, "reports_absence": reports_absence, "parameters": named}
    return fields if epsilon is None else fields | {"epsilon": epsilon}


def refused(error, epsilon, parameters, permanent_epsilon=None, **others):
    fields = declaration(epsilon, parameters, **others) | {"error": error}
    return fields if permanent_epsilon is None else fields | {"permanent_epsilon": permanent_epsilon}


def common_refusals(parameters):
    return [
        refused("missingParameter", None, parameters), refused("epsilonOutOfRange", 0, parameters),
        refused("epsilonOutOfRange", 16_001, parameters),
        refused("absenceNotTaken", 1000, parameters, reports_absence=True),
        refused("unknownParameter", 1000, parameters, permanent_epsilon=2000),
        refused("domainNotTaken", 1000, parameters, domain="text"),
        refused("domainNotTaken", 1000, parameters, domain=None),
    ]


def vector(place, drawn, payload):
    return " ".join([str(place), *(f"{word:016x}" for word in drawn), payload])


def vectors(name, count, make, edges=()):
    """Vectors of every place with drawn words, and with each of the words that are edges in the side's place."""
    made = []
    for place in PLACES:
        draws = [words(f"{name}/{place}/{i}", count) for i in range(3)]
        for position, edge in edges:
            draw = words(f"{name}/{place}/{edge:x}", count)
            draw[position] = edge
            draws.append(draw)
        draws += [[0] * count, [WORD - 1] * count]
        made += [vector(place, draw, make(place, draw)) for draw in draws]
    return made


def piecewise(steps, epsilon):
    g = 256 if steps is None else steps
    width = least_variance_width(g, epsilon)
    threshold = outside_threshold(g + 1, width, epsilon)

    def make(place, draw):
        output = respond(g + 1, width, threshold, on_grid(place, g, draw[0]), *draw[1:])
        return number_bytes(output, g + width)

    return declaration(epsilon, {"grid": steps}) | {
        "thresholds": [f"{threshold:016x}", str(width)],
        "vectors": vectors(f"piecewise/{g}/{epsilon}", 4, make, [(1, threshold - 1), (1, threshold)]),
    }


PIECEWISE = {
    "configurations": [
        piecewise(1, 1000), piecewise(1, 1), piecewise(2, 500), piecewise(3, 2000), piecewise(8, 1),
        piecewise(16, 4000), piecewise(10, 16_000), piecewise(32, 693), piecewise(64, 8000), piecewise(None, 1000),
    ],
    "refused": common_refusals({"grid": 16}) + [
        refused("countOutOfRange", 1000, {"grid": 0}), refused("countOutOfRange", 1000, {"grid": 65_537}),
        refused("countOutOfRange", 1000, {"grid": "16.5"}),
    ],
}


def hybrid(steps, epsilon):
    g = 256 if steps is None else steps
    root = exponential(epsilon, 2000)
    width = max(1, nearest(g / root))
    threshold = outside_threshold(g + 1, width, epsilon)
    lie = outside_threshold(2, 1, epsilon)
    picked = 0 if epsilon <= 610 else WORD - ceil(WORD / root)

    def make(place, draw):
        coin, grid, side, inside, outside = draw
        if coin < picked:
            output = 2 + respond(g + 1, width, threshold, on_grid(place, g, grid), side, inside, outside)
        else:
            output = 1 if side < lie + place * (WORD - 2 * lie) // END else 0
        return number_bytes(output, 2 + (g + width if picked else 0))

    edges = [(0, picked), (2, threshold - 1), (2, threshold), (2, lie)] + ([(0, picked - 1)] if picked else [])
    return declaration(epsilon, {"grid": steps}) | {
        "thresholds": [f"{lie:016x}", f"{picked:016x}", f"{threshold:016x}", str(width)],
        "vectors": vectors(f"hybrid/{g}/{epsilon}", 5, make, edges),
    }


HYBRID = {
    "configurations": [
        hybrid(8, 1), hybrid(4, 610), hybrid(4, 611), hybrid(1, 1000), hybrid(16, 2000), hybrid(10, 4000),
        hybrid(32, 16_000), hybrid(None, 1000),
    ],
    "refused": common_refusals({"grid": 16}) + [
        refused("countOutOfRange", 1000, {"grid": 0}), refused("countOutOfRange", 1000, {"grid": 65_537}),
    ],
}


def square_wave(buckets, epsilon):
    d = 64 if buckets is None else buckets
    e, x = exponential(epsilon), Fraction(epsilon, 1000)
    half = (x * e - e + 1) / (2 * e * (e - 1 - x))
    width = 2 * floor(half * d) + 1
    threshold = outside_threshold(d, width, epsilon)

    def make(place, draw):
        bucket = min(place * d // END, d - 1)
        return number_bytes(respond(d, width, threshold, bucket, *draw), d + width - 1)

    return declaration(epsilon, {"buckets": buckets}) | {
        "thresholds": [f"{threshold:016x}", str(width)],
        "vectors": vectors(f"square_wave/{d}/{epsilon}", 3, make, [(0, threshold - 1), (0, threshold)]),
    }


SQUARE_WAVE = {
    "configurations": [
        square_wave(2, 1000), square_wave(2, 1), square_wave(3, 2000), square_wave(10, 500), square_wave(16, 4000),
        square_wave(8, 16_000), square_wave(33, 100), square_wave(None, 1000), square_wave(1024, 2000),
    ],
    "refused": common_refusals({"buckets": 16}) + [
        refused("countOutOfRange", 1000, {"buckets": 1}), refused("countOutOfRange", 1000, {"buckets": 1025}),
        refused("countOutOfRange", 1000, {"buckets": "16.5"}),
    ],
}


def sampled_payload(k, sampled, bits):
    """The map of the sampled buckets or their indices, whichever is shorter, and their bits."""
    index_bytes = 1 if k <= 256 else 2
    if (k + 7) // 8 <= len(sampled) * index_bytes:
        names = sum(1 << bucket for bucket in sampled).to_bytes((k + 7) // 8, "little")
    else:
        names = b"".join(bucket.to_bytes(index_bytes, "little") for bucket in sampled)
    packed = sum(bit << i for i, bit in enumerate(bits)).to_bytes((len(sampled) + 7) // 8, "little")
    return (names + packed).hex()


def d_bit_flip(k, d, epsilon):
    samples = k if d is None else d
    # A bit that flips with the probability of the coin for its part of epsilon.
    threshold = ceil(WORD / (1 + exponential(epsilon, 1000 * min(2, samples))))

    def make(place, draw):
        own, needed, sampled, bits = min(place * k // END, k - 1), samples, [], []
        for bucket in range(k):
            sample, flip = draw[2 * bucket], draw[2 * bucket + 1]
            if share(sample, k - bucket) < needed:
                needed -= 1
                sampled.append(bucket)
                bits.append(int((bucket == own) != (flip < threshold)))
        return sampled_payload(k, sampled, bits)

    return declaration(epsilon, {"buckets": k, "sampled_buckets": d}) | {
        "thresholds": [f"{threshold:016x}"],
        "vectors": vectors(f"d_bit_flip/{k}/{samples}/{epsilon}", 2 * k, make, [(1, threshold - 1), (1, threshold)]),
    }


D_BIT_FLIP = {
    "configurations": [
        d_bit_flip(2, 1, 1000), d_bit_flip(2, 2, 1), d_bit_flip(3, 2, 2000), d_bit_flip(5, 3, 500),
        d_bit_flip(6, 1, 16_000), d_bit_flip(4, None, 4000), d_bit_flip(9, 1, 693),
    ],
    "refused": common_refusals({"buckets": 16, "sampled_buckets": 4}) + [
        refused("missingParameter", 1000, {}), refused("countOutOfRange", 1000, {"buckets": 1}),
        refused("countOutOfRange", 1000, {"buckets": 1025}),
        refused("countOutOfRange", 1000, {"buckets": 8, "sampled_buckets": 9}),
        refused("countOutOfRange", 1000, {"buckets": 8, "sampled_buckets": 0}),
    ],
}


# What counts of a square wave say, with the whole matrix written down


def regression(channel, counts):
    """The shares of sum 1 with the least square distance to the counts, outputs weighted by what equal shares give."""
    d, total = len(channel[0]), sum(counts)
    weights = [d / sum(row) for row in channel]
    # Normal equations with a multiplier for the sum, solved by elimination in fractions.
    rows = [
        [sum(w * row[i] * row[j] for w, row in zip(weights, channel)) for j in range(d)] + [Fraction(1)]
        + [sum(w * row[i] * Fraction(c, total) for w, row, c in zip(weights, channel, counts))] for i in range(d)
    ] + [[Fraction(1)] * d + [Fraction(0), Fraction(1)]]
    for column in range(d + 1):
        pivot = next(row for row in range(column, d + 1) if rows[row][column] != 0)
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [entry / rows[column][column] for entry in rows[column]]
        for row in range(d + 1):
            if row != column and rows[row][column] != 0:
                factor = rows[row][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column])]
    return [float(row[-1]) for row in rows[:d]]


def maximisation(channel, counts, tolerance, smooth):
    d, total = len(channel[0]), sum(counts)
    shares, before = [1 / d] * d, None
    while True:
        outputs = [sum(p * f for p, f in zip(row, shares)) for row in channel]
        likelihood = sum(c * log(o) for c, o in zip(counts, outputs) if c)
        if before is not None and abs(likelihood - before) < tolerance:
            return shares
        before = likelihood
        shares = [
            share_ * sum(row[i] * c / (total * o) for row, c, o in zip(channel, counts, outputs))
            for i, share_ in enumerate(shares)
        ]
        if smooth:
            padded = [0, *shares, 0]
            shares = [
                (padded[i] + 2 * padded[i + 1] + padded[i + 2]) / (4 if 0 < i < d - 1 else 3) for i in range(d)]
        shares = [share_ / sum(shares) for share_ in shares]


def square_wave_estimate(d, epsilon, shares):
    width = int(square_wave(d, epsilon)["thresholds"][1])
    outside = Fraction(outside_threshold(d, width, epsilon), WORD)
    inside = Fraction(floor((1 - outside) / width * (1 << 80)), 1 << 80)
    other = Fraction(floor(outside / (d - 1) * (1 << 80)), 1 << 80)
    channel = [[inside if i <= y < i + width else other for i in range(d)] for y in range(d + width - 1)]
    noise = words(f"square_wave/counts/{d}/{epsilon}", len(channel))
    counts = [
        floor(sum(p * f for p, f in zip(row, shares)) * 100_000) + word % 300 for row, word in zip(channel, noise)]
    floats = [[float(p) for p in row] for row in channel]
    return {
        "buckets": d, "epsilon": epsilon, "counts": counts, "regression": regression(channel, counts),
        "em": maximisation(floats, counts, 1e-3 * exp(epsilon / 1000), False),
        "ems": maximisation(floats, counts, 1e-3, True),
    }


SQUARE_WAVE_ESTIMATES = [
    square_wave_estimate(2, 1000, [Fraction(1, 4), Fraction(3, 4)]),
    square_wave_estimate(6, 500, [Fraction(i, 21) for i in range(1, 7)]),
    square_wave_estimate(8, 2000, [Fraction(1, 2), 0, 0, Fraction(1, 4), 0, 0, 0, Fraction(1, 4)]),
    square_wave_estimate(12, 1000, [Fraction((i + 1) * (12 - i), 364) for i in range(12)]),
]


if __name__ == "__main__":
    fixture_files.main({
        "mechanisms/Piecewise.json": fixture_files.as_json(PIECEWISE),
        "mechanisms/Hybrid.json": fixture_files.as_json(HYBRID),
        "mechanisms/SquareWave.json": fixture_files.as_json(SQUARE_WAVE),
        "mechanisms/DBitFlip.json": fixture_files.as_json(D_BIT_FLIP),
        "distributions/square_wave.json": fixture_files.as_json([
            {name: [round(x, 12) for x in value] if name in ("regression", "em", "ems") else value
             for name, value in estimate.items()}
            for estimate in SQUARE_WAVE_ESTIMATES
        ]),
    }, owned_folders=("distributions",))
