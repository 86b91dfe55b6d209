#!/usr/bin/env python3
"""Configurations and vectors of five frequency oracles, computed a second time and independently of Sources/.

    oracles.py            writes the fixtures
    oracles.py --check    compares them with a fresh computation; exits 1 where they differ

In Tests/Fixtures, for SubsetSelection, SymmetricUnaryEncoding, OptimizedUnaryEncoding, HadamardResponse and
OptimizedLocalHashing:

    mechanisms/<type>.json       as mechanisms.py describes them
    oracles/large.json           configurations as large as are used, by type
    oracles/best_sizes.csv       the set size of subset selection and the hash range of local hashing of least variance

    thresholds    the integer T (or P); of subset selection also w, of local hashing also g, in hexadecimal as well
    vectors       item, first words (hexadecimal, between commas, or "-"), name of the noise that follows them, payload

Noise word i of a name is the first eight bytes, big-endian, of SHA-256("dither/fixtures/oracles/" name "/" i).
"""

import hashlib
from fractions import Fraction

import fixture_files
import thresholds

WORD = thresholds.WORD


def word_text(word):
    return f"{word:016x}"


def noise_word(name, index):
    return int.from_bytes(hashlib.sha256(f"dither/fixtures/oracles/{name}/{index}".encode()).digest()[:8], "big")


class Noise:
    """The words of a vector: those that come first, and then those of a name."""

    def __init__(self, first, name):
        self.first, self.name, self.drawn = list(first), name, 0

    def next(self):
        if self.first:
            return self.first.pop(0)
        self.drawn += 1
        return noise_word(self.name, self.drawn - 1)


def vectors(report, items, firsts, name, draws=2):
    """Of every item with every start; `report` turns an item and a source of noise into a payload."""
    for item in items:
        for first in firsts:
            for draw in range(draws):
                payload = report(item, Noise(first, f"{name}/{draw}"))
                start = ",".join(word_text(word) for word in first) or "-"
                yield f"{item} {start} {name}/{draw} {payload.hex()}"


def chosen_items(d):
    return sorted({0, 1, d // 2, 63 % d, 64 % d, d - 1})


def exponential(epsilon):
    """e^epsilon as a fraction, to 200 bits."""
    return Fraction(thresholds.exponential_bounds(Fraction(epsilon, 1000), 256)[0], 1 << 256)


def variance(p, q, d):
    """n·Var at f = 1/d of a pure protocol."""
    f = Fraction(1, d)
    return (f * p * (1 - p) + (1 - f) * q * (1 - q)) / (p - q) ** 2


def declaration(values, reports_absence, epsilon, parameters):
    fields = {"values": values, "reports_absence": reports_absence}
    if parameters:
        fields["parameters"] = {name: str(count) for name, count in parameters.items()}
    return fields if epsilon is None else fields | {"epsilon": epsilon}


def refused(error, values=4, reports_absence=False, epsilon=1000, permanent_epsilon=None, domain=None, **parameters):
    fields = declaration(values, reports_absence, epsilon, parameters) | {"error": error}
    fields |= {} if permanent_epsilon is None else {"permanent_epsilon": permanent_epsilon}
    return fields | ({} if domain is None else {"domain": domain})


def refused_by_all(largest):
    return [
        refused("missingParameter", epsilon=None), refused("epsilonOutOfRange", epsilon=0),
        refused("epsilonOutOfRange", epsilon=16_001), refused("unknownParameter", permanent_epsilon=2000),
        refused("domainNotTaken", domain="text"), refused("domainNotTaken", domain="range"),
        refused("categoryCountOutOfRange", 0), refused("categoryCountOutOfRange", -1),
        refused("categoryCountOutOfRange", 1), refused("categoryCountOutOfRange", 0, True),
        refused("categoryCountOutOfRange", largest + 1), refused("categoryCountOutOfRange", largest, True),
        refused("categoryCountOutOfRange", (1 << 63) - 1, True),
    ]


# Subset selection


def subset_probabilities(d, w, e):
    p = w * e / (w * e + d - w)
    return p, (p * (w - 1) + (1 - p) * w) / (d - 1)


def best_subset_size(d, epsilon):
    e = exponential(epsilon)
    near = int(d / (e + 1))
    sizes = range(1, d) if d <= 64 else range(max(1, near - 4), min(d - 1, near + 5) + 1)
    return min(sizes, key=lambda w: variance(*subset_probabilities(d, w, e), d))


def subset_threshold(d, w, epsilon):
    """The least T for which (N − T)/T · (d − w)/w, times what two biased choices add, is at most e^epsilon."""
    bias = Fraction(WORD, WORD - 16 * (d - 1)) ** 2

    def least(e, one):
        # (N − T)·(d − w)·bias ≤ e·T·w
        ratio = Fraction(e, one) * w / ((d - w) * bias)
        return -(-WORD // (1 + ratio))

    return thresholds.proved(least, Fraction(epsilon, 1000))


def subset_payload(d, w, threshold, item, source):
    chosen = set() if source.next() < threshold else {item}
    others = [other for other in range(d) if other != item]
    words = [source.next() for _ in range(d)]
    left, needed = len(others), w - len(chosen)
    for other in others:
        if words[other] * left // WORD < needed:
            chosen.add(other)
            needed -= 1
        left -= 1
    assert len(chosen) == w
    return sum(1 << i for i in chosen).to_bytes(-(-d // 8), "little")


def subset_selection(values, reports_absence, epsilon, w=None, draws=2):
    d = values + reports_absence
    size = best_subset_size(d, epsilon) if w is None else w
    threshold = subset_threshold(d, size, epsilon)
    return declaration(values, reports_absence, epsilon, {} if w is None else {"subset_size": w}) | {
        "thresholds": [word_text(threshold), word_text(size)],
        "vectors": list(
            vectors(
                lambda item, source: subset_payload(d, size, threshold, item, source), chosen_items(d),
                [[], [threshold - 1], [threshold]], f"subset/{d}/{size}/{epsilon}", draws)),
    }


SUBSET_SELECTION = {
    "configurations": [
        subset_selection(2, False, 1000), subset_selection(2, True, 1, 1), subset_selection(5, False, 500),
        subset_selection(6, False, 2000, 5), subset_selection(7, True, 1000), subset_selection(7, False, 1000, 1),
        subset_selection(9, False, 693, 4), subset_selection(4, False, 16_000), subset_selection(4, False, 100, 3),
    ],
    "refused": refused_by_all(65_536) + [
        refused("countOutOfRange", subset_size=0), refused("countOutOfRange", subset_size=-1),
        refused("countOutOfRange", subset_size=4), refused("countOutOfRange", subset_size="1.5"),
    ],
}


# Unary encodings


def unary_thresholds(symmetric, epsilon):
    exact = thresholds.threshold(2, Fraction(epsilon, 2000 if symmetric else 1000))
    unit = 1 << (40 if exact >= 1 << 56 else 32)
    clear = thresholds.ceiling(exact, unit) * unit
    return clear, WORD - clear if symmetric else WORD // 2


def unary_payload(d, clear, set_, item, source):
    first = 40 if clear >= 1 << 56 else 32
    own = source.next() < set_
    words = -(-d // 64)
    drawn = [source.next() for _ in range((64 - first) * words)]
    bits = 0
    for lane in range(d):
        uniform = sum((drawn[level * words + lane // 64] >> lane % 64 & 1) << level for level in range(64 - first))
        bits |= (own if lane == item else uniform < clear >> first) << lane
    return bits.to_bytes(-(-d // 8), "little")


def unspent(clear, set_, epsilon):
    loss = thresholds.loss_nanonats(Fraction(set_ * (WORD - clear), clear * (WORD - set_)))
    assert 0 <= epsilon * 10**6 - loss
    return epsilon * 10**6 - loss


def unary(symmetric, values, reports_absence, epsilon, draws=2):
    d = values + reports_absence
    clear, set_ = unary_thresholds(symmetric, epsilon)
    kind = "symmetric" if symmetric else "optimized"
    return declaration(values, reports_absence, epsilon, {}) | {
        "thresholds": [word_text(clear)],
        "unspent": unspent(clear, set_, epsilon),
        "vectors": list(
            vectors(
                lambda item, source: unary_payload(d, clear, set_, item, source), chosen_items(d),
                [[], [set_ - 1], [set_]], f"{kind}/{d}/{epsilon}", draws)),
    }


def unary_fixture(symmetric):
    return {
        "configurations": [
            unary(symmetric, 2, False, 1000), unary(symmetric, 2, True, 1), unary(symmetric, 5, False, 500),
            unary(symmetric, 4, True, 2000), unary(symmetric, 6, False, 4000), unary(symmetric, 3, False, 16_000),
            unary(symmetric, 8, False, 11_090),
        ],
        "refused": refused_by_all(65_536),
    }


def most_unspent(symmetric):
    """What rounding gives away at most over all epsilon, found with floating point and then computed."""

    def given_away(epsilon):
        exact = thresholds.threshold(2, Fraction(epsilon, 2000 if symmetric else 1000))
        return (unary_thresholds(symmetric, epsilon)[0] - exact) / exact

    worst = sorted(range(1, 16_001), key=given_away)[-8:]
    return max(unspent(*unary_thresholds(symmetric, epsilon), epsilon) for epsilon in worst)


# Hadamard response


def row_payload(rows, threshold, item, source):
    wanted = int(source.next() < threshold)
    row, column = source.next() % rows, item + 1
    if bin(row & column).count("1") % 2 != wanted:
        row ^= 1 << next(bit for bit in range(64) if column >> bit & 1)
    return row.to_bytes(1 if rows <= 256 else 2 if rows <= 65_536 else 3, "little")


def hadamard(values, reports_absence, epsilon, draws=3):
    d = values + reports_absence
    rows = 1
    while rows <= d:
        rows *= 2
    threshold = thresholds.threshold(2, Fraction(epsilon, 1000))
    return declaration(values, reports_absence, epsilon, {}) | {
        "thresholds": [word_text(threshold)],
        "vectors": list(
            vectors(
                lambda item, source: row_payload(rows, threshold, item, source), chosen_items(d),
                [[], [threshold - 1], [threshold], [0, WORD - 1], [WORD - 1, 0]], f"hadamard/{d}/{epsilon}", draws)),
    }


HADAMARD_RESPONSE = {
    "configurations": [
        hadamard(2, False, 1), hadamard(2, True, 1000), hadamard(3, True, 500), hadamard(7, False, 693),
        hadamard(7, True, 1000), hadamard(12, False, 2000), hadamard(15, False, 16_000), hadamard(2, False, 100),
    ],
    "refused": refused_by_all((1 << 20) - 1),
}


# Local hashing


def field_product(left, right, m):
    """Of polynomials over two elements, modulo the one of m = 2, 3, 4, 5 and 21 that has the least terms."""
    product = 0
    for bit in range(m):
        product ^= (left << bit) * (right >> bit & 1)
    modulus = (1 << m) + (3 if m in (2, 3, 4) else 5)
    for bit in reversed(range(m, 2 * m)):
        product ^= (modulus << bit - m) * (product >> bit & 1)
    return product


def hashed(d, g, seed_bits, item, seed):
    m = seed_bits // 3
    c, b, a = (seed >> shift * m & (1 << m) - 1 for shift in range(3))
    element = field_product(a, field_product(item, item, m), m) ^ field_product(b, item, m) ^ c
    return element * g >> m


def best_hash_range(d, epsilon):
    e = exponential(epsilon)

    def cost(g):
        return variance(e / (e + g - 1), Fraction(1, g), d)

    low, high = 2, 65_536
    while low < high:  # Convex in g.
        middle = (low + high) // 2
        low, high = (low, middle) if cost(middle) <= cost(middle + 1) else (middle + 1, high)
    return low


def hashed_payload(d, g, threshold, seed_bits, item, source):
    seed = source.next() >> (64 - seed_bits)
    lie, other = source.next(), source.next()
    value = hashed(d, g, seed_bits, item, seed)
    if lie < threshold:
        value = (value + 1 + other * (g - 1) // WORD) % g
    return seed.to_bytes(8, "little") + value.to_bytes(1 if g <= 256 else 2, "little")


def local_hashing(values, reports_absence, epsilon, g=None, seed_bits=None, draws=2):
    d, bits = values + reports_absence, seed_bits or 63
    range_ = best_hash_range(d, epsilon) if g is None else g
    threshold = thresholds.threshold(range_, Fraction(epsilon, 1000))
    named = {"hash_range": g, "seed_bits": seed_bits}
    seed = noise_word("seed", d)
    return declaration(values, reports_absence, epsilon, {n: c for n, c in named.items() if c is not None}) | {
        "thresholds": [word_text(threshold), word_text(range_)],
        "vectors": list(
            vectors(
                lambda item, source: hashed_payload(d, range_, threshold, bits, item, source), chosen_items(d),
                [[], [seed, threshold - 1], [seed, threshold], [WORD - 1], [0]], f"hashing/{d}/{range_}/{epsilon}", draws)),
    }


OPTIMIZED_LOCAL_HASHING = {
    "configurations": [
        local_hashing(2, False, 1000, 2, 6), local_hashing(2, True, 500, 3, 6), local_hashing(4, False, 1000, None, 6),
        local_hashing(3, True, 2000, 4, 6), local_hashing(5, False, 100, 2, 9), local_hashing(2, True, 2000, 2, 6),
        local_hashing(4, False, 8000, 3, 6), local_hashing(4, False, 1, 2, 6), local_hashing(2, False, 693, 4, 6),
    ],
    "refused": refused_by_all(65_536) + [
        refused("countOutOfRange", hash_range=1), refused("countOutOfRange", hash_range=-1),
        refused("countOutOfRange", hash_range=65_537), refused("countOutOfRange", hash_range="2.5"),
        refused("countOutOfRange", hash_range=5, seed_bits=6), refused("countOutOfRange", seed_bits=3),
        refused("countOutOfRange", seed_bits=18), refused("countOutOfRange", seed_bits=64),
        refused("countOutOfRange", 5, seed_bits=6),
    ],
}


LARGE = {
    "SubsetSelection": [
        subset_selection(63, False, 1000, draws=1), subset_selection(64, False, 1000, draws=1),
        subset_selection(64, True, 4000, draws=1), subset_selection(1024, False, 2000, draws=1),
        subset_selection(200, False, 500, 199, draws=1),
    ],
    "SymmetricUnaryEncoding": [unary(True, values, False, 2000, 1) for values in (63, 64, 65, 1024)],
    "OptimizedUnaryEncoding": [unary(False, values, False, 2000, 1) for values in (63, 64, 65, 1024)],
    "HadamardResponse": [hadamard(values, False, 1000) for values in (255, 256, 65_535, 65_536, (1 << 20) - 1)],
    "OptimizedLocalHashing": [
        local_hashing(2, False, 1000), local_hashing(16, False, 500), local_hashing(1024, True, 2000),
        local_hashing(65_536, False, 4000), local_hashing(40_000, False, 8000), local_hashing(300, False, 1000, 65_536),
        local_hashing(65_536, False, 16_000),
    ],
}


def best_size_lines():
    yield "items,epsilon_thousandths,subset_size,hash_range"
    for d in (2, 3, 4, 5, 7, 16, 50, 256, 1024, 4096, 65_535, 65_536):
        for epsilon in (1, 100, 500, 693, 694, 1000, 2000, 3000, 4000, 6000, 9000, 16_000):
            yield f"{d},{epsilon},{best_subset_size(d, epsilon)},{best_hash_range(d, epsilon)}"


if __name__ == "__main__":
    # What both mechanisms say that rounding gives away, in 1e-9 nats.
    assert (most_unspent(True), most_unspent(False)) == (30_158, 1_898_436)
    fixture_files.main(
        {
            "mechanisms/SubsetSelection.json": fixture_files.as_json(SUBSET_SELECTION),
            "mechanisms/SymmetricUnaryEncoding.json": fixture_files.as_json(unary_fixture(True)),
            "mechanisms/OptimizedUnaryEncoding.json": fixture_files.as_json(unary_fixture(False)),
            "mechanisms/HadamardResponse.json": fixture_files.as_json(HADAMARD_RESPONSE),
            "mechanisms/OptimizedLocalHashing.json": fixture_files.as_json(OPTIMIZED_LOCAL_HASHING),
            "oracles/large.json": fixture_files.as_json(LARGE),
            "oracles/best_sizes.csv": fixture_files.as_lines(best_size_lines()),
        },
        owned_folders=("oracles",),
    )
