#!/usr/bin/env python3
"""Estimates from counts of RAPPOR's bits, independently of analysis/, and the destinations of the example's flights.

    rappor_estimates.py            writes vectors/rappor_estimates.json and vectors/destinations.csv
    rappor_estimates.py --check    compares them with a fresh computation; exits 1 where they differ

Weighted least squares of every bit of every cohort on the candidates' filters in exact fractions, by Gauss-Jordan on the
dense normal equations: first with the row variances of no candidate occurring, then twice with those of the fit before.
With N reports of a cohort, A pairs of different reports of one device, t = f/2 and theta the fraction that sets the bit:

    variance of a count = N r (1-r) + A (q-p)^2 (t (1-t) + h (1-2t)^2 theta),  r = p + (q-p) (t + (1-2t) theta)

where r (1-r) is at least 1/(4N). Numbers are rounded to doubles at the end; the standard error is of the inverse normal
matrix, times the root of the residuals' weighted sum of squares over rows less candidates where that is above 1 and there
are more than 20 of these.
"""

import collections
import csv
import gzip
import hashlib
import io
from fractions import Fraction

import fixture_files
import rappor

EXAMPLE = fixture_files.FIXTURES.parent.parent / "clients" / "examples" / "flights"


def inverse(matrix):
    size = len(matrix)
    rows = [list(row) + [Fraction(int(i == j)) for j in range(size)] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = next(j for j in range(i, size) if rows[j][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [entry / rows[i][i] for entry in rows[i]]
        for j in range(size):
            if j != i and rows[j][i]:
                factor = rows[j][i]
                rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i])]
    return [row[size:] for row in rows]


def pair_count(day_counts):
    return sum(min(a, b) for a in day_counts for b in day_counts)


def drawn(name, bound):
    return int.from_bytes(hashlib.sha256(f"dither/fixtures/rappor estimates/{name}".encode()).digest()[:8], "big") % bound


def case(bits, hashes, cohorts, noise, candidates, sizes, day_counts):
    t, p, q = (Fraction(number, rappor.WORD) for number in rappor.from_probabilities(*noise))
    assert sum(sizes) == sum(day_counts)
    gap = (1 - 2 * t) * (q - p)
    clear = p + t * (q - p)
    filled = [cohort for cohort in range(cohorts) if sizes[cohort]]
    counts = [
        sizes[cohort] * 9 // 16 + drawn(f"{bits}/{hashes}/{cohort}/{bit}", 1 + sizes[cohort] // 24)
        for cohort in range(cohorts) for bit in range(bits)]
    design, values, row_sizes = [], [], []
    for cohort in filled:
        filters = [rappor.filter_bits(text.encode(), cohort, bits, hashes) for text in candidates]
        for bit in range(bits):
            design.append([int(bit in one) for one in filters])
            values.append((counts[cohort * bits + bit] - clear * sizes[cohort]) / (gap * sizes[cohort]))
            row_sizes.append(sizes[cohort])
    pairs = Fraction(pair_count(day_counts), sum(day_counts)) - 1

    def fit(fractions):
        weights = []
        for size, theta in zip(row_sizes, fractions):
            theta = min(max(theta, Fraction(0)), Fraction(1))
            r = p + (q - p) * (t + (1 - 2 * t) * theta)
            variance = size * max(r * (1 - r), Fraction(1, 4 * size))
            variance += size * pairs * (q - p) ** 2 * (t * (1 - t) + hashes * (1 - 2 * t) ** 2 * theta)
            weights.append(size**2 * gap**2 / variance)
        normal = [
            [sum(w * row[i] * row[j] for w, row in zip(weights, design)) for j in range(len(candidates))]
            for i in range(len(candidates))]
        moments = [sum(w * row[i] * y for w, row, y in zip(weights, design, values)) for i in range(len(candidates))]
        covariance = inverse(normal)
        shares = [sum(a * b for a, b in zip(row, moments)) for row in covariance]
        fitted = [sum(a * b for a, b in zip(row, shares)) for row in design]
        squares = sum(w * (y - z) ** 2 for w, y, z in zip(weights, values, fitted))
        return shares, covariance, fitted, squares

    freedom = len(design) - len(candidates)
    shares, covariance, fitted, squares = fit([Fraction(0)] * len(design))
    for _ in range(2):
        shares, covariance, fitted, squares = fit([Fraction(float(share)) for share in fitted])
    inflation = max(1, squares / freedom) if freedom > 20 else 1
    total = sum(sizes)
    return {
        "bits": bits, "hashes": hashes, "cohorts": cohorts, "f": noise[0], "p": noise[1], "q": noise[2],
        "candidates": candidates, "cohort_sizes": sizes, "set_counts": counts, "day_counts": day_counts,
        "frequencies": [float(b) for b in shares],
        "standard_errors": [float(covariance[i][i] * inflation) ** 0.5 * total for i in range(len(candidates))],
    }


def destinations():
    counts = collections.Counter()
    with gzip.open(EXAMPLE / "flights.csv.gz", "rt", encoding="utf-8", newline="") as file:
        counts.update(row["destination"] for row in csv.DictReader(file))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["destination", "count"])
    writer.writerows(sorted(counts.items()))
    return text.getvalue().encode("ascii")


GIVEN = ("0.5", "0.5", "0.75")
CASES = [
    case(8, 2, 4, GIVEN, ["EWR", "JFK", "LGA", "", "Zürich"], [4000, 3000, 5000, 4000], [16_000]),
    case(8, 2, 4, GIVEN, ["EWR", "JFK", "LGA", "ORD"], [4000, 0, 5000, 1000], [9000, 1000]),
    case(16, 1, 2, ("0.3", "0.1", "0.8"), ["a", "b", "c", "d", "e", "f", "g"], [1000, 900], [1900]),
    case(32, 4, 4, GIVEN, ["a", "b", "c", "d", "e", "f"], [1000 + 7 * i for i in range(4)], [1000, 1007, 1014, 1021]),
]


if __name__ == "__main__":
    fixture_files.main({
        "vectors/rappor_estimates.json": fixture_files.as_json(CASES),
        "vectors/destinations.csv": destinations(),
    })
