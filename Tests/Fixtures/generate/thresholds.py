#!/usr/bin/env python3
"""The sampling thresholds, computed a second time and independently of Sources/.

    thresholds.py            writes the fixtures
    thresholds.py --check    compares them with a fresh computation; exits 1 where they differ

Python integers only: no libm, no floating-point number decides anything, no package to install. With N = 2^w:

    two categories     T = ceil(N / (1 + e^x))
    k >= 3 categories  T = ceil(N^2 / (N + e^x * c)), at most N - 1, where c = floor(N / (k - 1))

Each T is proved: it follows from a lower and from an upper bound of e^x alike, or the bounds are tightened until it does.

In Tests/Fixtures/thresholds:

    binary.txt         after one comment line, line i holds T (hex) of two categories for x = i/2000, i = 1...32000
    kary.csv           T for x = epsilon_thousandths/1000 and k >= 3
    eight_bit.csv      the same, and k = 2, at w = 8, small enough to enumerate every random word
    realised_loss.csv  the worst-case privacy loss of a given T, in 1e-9 nats, rounded up; half of its T are the smallest
                       that epsilon_thousandths allows, the others add noise, so that the loss is not just epsilon again
"""

import hashlib
import math
import pathlib
import sys
from fractions import Fraction

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "thresholds"
WORD = 1 << 64
LARGEST_EPSILON = 16_000
LARGEST_CATEGORY_COUNT = 1 << 20
SEED = "dither/fixtures/thresholds/1"


def exponential_bounds(x, bits):
    """Integers (low, high) with low <= e^x * 2^bits <= high, for a rational 0 <= x < 32.

    Sums the Taylor series at y = x / 2^13 < 2^-8, rounding each term down for low and up for high, and squares 13 times
    likewise. Once a term rounded up is 1, the terms after it sum to less than 1: each is less than 2^-8 of the last.
    """
    halvings = 13
    assert 0 <= x < 32
    numerator, denominator = x.numerator, x.denominator << halvings
    low_term = high_term = low = high = 1 << bits
    n = 0
    while high_term > 1:
        n += 1
        low_term = low_term * numerator // (denominator * n)
        high_term = -(-high_term * numerator // (denominator * n))
        low += low_term
        high += high_term
    high += 1
    for _ in range(halvings):
        low = low * low >> bits
        high = -(-high * high >> bits)
    return low, high


def proved(function, x):
    """function(e^x as a fraction), for a monotone integer function: the value on which both bounds of e^x agree."""
    bits = 256
    while True:
        low, high = exponential_bounds(x, bits)
        at_low, at_high = function(low, 1 << bits), function(high, 1 << bits)
        if at_low == at_high:
            return at_low
        bits *= 2


def ceiling(numerator, denominator):
    return -(-numerator // denominator)


def alternative_weight(categories, n):
    """The fewest of n words that choose any one of the other categories."""
    return n // (categories - 1)


def threshold(categories, x, n=WORD):
    """The smallest count of n words that must lie for the loss to be at most x, as an exact Fraction of a nat."""
    if categories == 2:
        return proved(lambda e, one: ceiling(n * one, one + e), x)
    c = alternative_weight(categories, n)
    return min(proved(lambda e, one: ceiling(n * n * one, n * one + e * c), x), n - 1)


def worst_ratio(categories, t, n=WORD):
    """The largest likelihood ratio between two inputs, when t of n words lie."""
    if categories == 2:
        return Fraction(n - t, t)
    return Fraction((n - t) * n, t * alternative_weight(categories, n))


def loss_nanonats(ratio):
    """The smallest integer j with e^(j/1e9) >= ratio > 1. The logarithm only guesses; exponential bounds decide."""

    def reaches(j):
        return proved(lambda e, one: e * ratio.denominator >= ratio.numerator * one, Fraction(j, 10**9))

    j = max(1, math.ceil(math.log(ratio) * 1e9))
    while not reaches(j):
        j += 1
    while reaches(j - 1):
        j -= 1
    return j


def draws(purpose):
    """An endless stream of 64-bit integers, the same on every machine and in every version of Python."""
    index = 0
    while True:
        digest = hashlib.sha256(f"{SEED}/{purpose}/{index}".encode()).digest()
        yield int.from_bytes(digest[:8], "big")
        index += 1


def with_draws(chosen, count, low, high, purpose):
    """chosen and as many drawn integers of low...high as make it count different ones, sorted."""
    values = set(chosen)
    for word in draws(purpose):
        if len(values) == count:
            return sorted(values)
        values.add(low + word % (high - low + 1))


def epsilons():
    round_numbers = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_999, LARGEST_EPSILON]
    near_logarithms_of_integers = [693, 694, 1098, 1099, 2302, 2303]
    return with_draws(round_numbers + near_logarithms_of_integers, 60, 1, LARGEST_EPSILON, "epsilon")


def category_counts():
    powers = [1 << exponent for exponent in range(1, 21)]
    near = {power + step for power in powers for step in (-1, 0, 1)}
    near = {k for k in near if 3 <= k <= LARGEST_CATEGORY_COUNT}
    return with_draws(near, len(near) + 64, 3, LARGEST_CATEGORY_COUNT, "categories")


def binary_lines():
    yield "# ceil(2^64 / (1 + e^(i/2000))) in hexadecimal, for i = 1...32000: one line each, in order"
    for half_thousandths in range(1, 2 * LARGEST_EPSILON + 1):
        yield f"{threshold(2, Fraction(half_thousandths, 2000)):x}"


def row(categories, epsilon, t, *more):
    return ",".join(map(str, (categories, epsilon, f"{t:x}", *more)))


def kary_lines():
    yield "categories,epsilon_thousandths,threshold_hex"
    for k in category_counts():
        for epsilon in epsilons():
            yield row(k, epsilon, threshold(k, Fraction(epsilon, 1000)))


def eight_bit_lines():
    yield "categories,epsilon_thousandths,threshold_hex"
    for k in (2, 3, 5, 7, 13, 37):
        for epsilon in (500, 1000, 2000, 3000):
            yield row(k, epsilon, threshold(k, Fraction(epsilon, 1000), n=256))


def realised_loss_lines():
    yield "categories,epsilon_thousandths,threshold_hex,loss_nanonats"
    pick = draws("realised loss")
    all_counts, all_epsilons = category_counts(), epsilons()
    cases = [(2, epsilon) for epsilon in all_epsilons]
    cases += [(all_counts[next(pick) % len(all_counts)], all_epsilons[next(pick) % 60]) for _ in range(90)]
    for k, epsilon in cases:
        smallest = threshold(k, Fraction(epsilon, 1000))
        # Up to here the truth stays likelier than any one alternative, whose weight is at most c + 1.
        largest = (WORD - 1) // 2 if k == 2 else WORD * WORD // (WORD + alternative_weight(k, WORD) + 1)
        noisier = smallest + (largest - smallest) * (next(pick) >> 32) // (1 << 32)
        for t in (smallest, noisier):
            loss = loss_nanonats(worst_ratio(k, t))
            assert 0 < loss <= epsilon * 10**6
            yield row(k, epsilon, t, loss)


FILES = {
    "binary.txt": binary_lines,
    "kary.csv": kary_lines,
    "eight_bit.csv": eight_bit_lines,
    "realised_loss.csv": realised_loss_lines,
}


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit("usage: thresholds.py [--check]")
    stale = []
    for name, lines in FILES.items():
        path, text = FOLDER / name, "".join(line + "\n" for line in lines())
        if not arguments:
            FOLDER.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="ascii", newline="\n")
        elif not path.is_file() or path.read_bytes() != text.encode("ascii"):
            stale.append(f"{path} differs from a fresh computation")
    sys.exit("\n".join(stale) or 0)


if __name__ == "__main__":
    main(sys.argv[1:])
