#!/usr/bin/env python3
"""Configurations and vectors of memoized mechanisms beside RAPPOR and randomized response, independently of Sources/.

    longitudinal.py            writes mechanisms/OptimizedSymmetricUnaryEncoding.json, mechanisms/Loloha.json and
                               mechanisms/MemoizedOneBitMean.json
    longitudinal.py --check    compares them with a fresh computation; exits 1 where they differ

    thresholds           of the permanent stage first (hex): T, P, Q of bits; T of both stages of the others
    losses               in 1e-9 nats, rounded up: of a report, of a value, of the fresh noise
    parameters           what is declared; "chosen" names what the mechanism chose where it is not
    vectors              permanent response, the words of a report's noise, the report (of bits: payloads in hex)
    permanent_vectors    metric, input, permanent response, under the secret and definition hash of mechanisms.py; for LOLOHA
                         also the bytes by which the ledger knows the input
"""

from fractions import Fraction

import fixture_files
import mechanisms
import permanent_noise
import rappor
import thresholds

WORD = thresholds.WORD


class HalfKept(rappor.Noise):
    """A set bit is kept for half of the words, a clear one set for T; two values differ in two bits."""

    def __init__(self, bits, declared):
        permanent_epsilon, epsilon = (Fraction(declared[name], 1000) for name in ("permanent_epsilon", "epsilon"))
        self.t = rappor.least_chain(thresholds.threshold(2, permanent_epsilon))
        low, high = 0, (1 << 23) - 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if rappor.within(self.ratio(middle << 40), epsilon) else (middle, high)
        self.p, self.q = high << 40, WORD - (high << 40)
        permanent = rappor.worst(Fraction(1, 2), Fraction(self.t, WORD), 2)
        assert not rappor.within(self.ratio(self.p - (1 << 40)), epsilon)
        assert rappor.within(permanent, permanent_epsilon)
        fresh = rappor.worst(Fraction(self.q, WORD), Fraction(self.p, WORD), 1)
        one = thresholds.loss_nanonats(fresh**bits) if bits <= 16 else bits * thresholds.loss_nanonats(fresh)
        self.losses = [thresholds.loss_nanonats(self.ratio(self.p)), thresholds.loss_nanonats(permanent), one]

    def ratio(self, p):
        t, p = Fraction(self.t, WORD), Fraction(p, WORD)
        q = 1 - p
        return rappor.worst((p + q) / 2, (1 - t) * p + t * q, 2)


class HalfKeptBits(rappor.Mechanism):
    """As basic RAPPOR, with the words for T before those for the half that is kept."""

    def permanent_vectors(self, inputs):
        for metric in range(1, 9):
            for name, item in inputs:
                flip_count = rappor.noise_word_count(self.noise.t, self.word_count)
                keep_count = rappor.noise_word_count(WORD // 2, self.word_count)
                words = permanent_noise.words(
                    mechanisms.SECRET, metric, mechanisms.DEFINITION_HASH, item.to_bytes(4, "little"),
                    flip_count + keep_count)
                flips = rappor.below(self.noise.t, words[:flip_count], self.word_count)
                kept = rappor.below(WORD // 2, words[flip_count:], self.word_count)
                response = [kept[bit] if bit == item else flips[bit] for bit in range(self.bits)]
                yield f"{metric} {name} {self.payload(0, response)}"


def encoding(values, epsilon, permanent_epsilon, absence=True, vectors=4):
    declared = mechanisms.declaration(values, absence, epsilon, permanent_epsilon)
    bits = values + absence
    mechanism = HalfKeptBits(bits, 1, HalfKept(bits, declared))
    inputs = [(f"item:{item}", item) for item in sorted({0, values // 2, values - 1})]
    inputs += [("absent", values)] if absence else []
    name = f"osue/{values}/{epsilon}/{permanent_epsilon}"
    return rappor.described(declared, mechanism, inputs, name, vectors)


# Polynomials over the field of two elements as integers; multiplied by long multiplication and division.

IRREDUCIBLE = {}


def remainder(a, b):
    while a.bit_length() >= b.bit_length():
        a ^= b << (a.bit_length() - b.bit_length())
    return a


def irreducible(degree):
    """The least polynomial of the degree that no smaller one divides, x + 1 for degree 1; x^8 + x^4 + x^3 + x + 1 for 8."""
    if degree not in IRREDUCIBLE:
        IRREDUCIBLE[degree] = next(
            p for p in range((1 << degree) + 1, 2 << degree)
            if all(remainder(p, q) for q in range(2, 1 << (degree // 2 + 1))))
    return IRREDUCIBLE[degree]


def hashed(item, seed, degree, hash_range):
    product = 0
    for bit in range(degree):
        if seed >> bit & 1:
            product ^= item << bit
    return remainder(product, irreducible(degree)) % hash_range


def stages(k, epsilon, permanent_epsilon):
    first = thresholds.threshold(k, Fraction(permanent_epsilon, 1000))
    return first, mechanisms.instantaneous_threshold(k, first, epsilon)


def variance(k, first, second):
    """n times the variance of the estimate of a value that nobody holds, from the probabilities that are sampled."""
    p1, p2 = (1 - Fraction(t, WORD) for t in (first, second))
    q2 = (1 - p2) / (k - 1)
    # Another value has the own one's hash with probability 1/k, and else one of the others.
    q1 = (1 - p1) / (k - 1)
    permanent = p1 / k + q1 * (k - 1) / k
    spurious = permanent * p2 + (1 - permanent) * q2
    truthful = p1 * p2 + (1 - p1) * q2
    return spurious * (1 - spurious) / (truthful - spurious) ** 2


def stage_losses(k, first, second):
    greatest, least = mechanisms.two_stage_bounds(mechanisms.stage(k, first), mechanisms.stage(k, second))
    return [
        thresholds.loss_nanonats(Fraction(greatest, least)), thresholds.loss_nanonats(thresholds.worst_ratio(k, first)),
        thresholds.loss_nanonats(thresholds.worst_ratio(k, second)),
    ]


def loloha(values, epsilon, permanent_epsilon, hash_range=None, absence=True):
    items = values + absence
    degree = max(1, (items - 1).bit_length())
    declared = mechanisms.declaration(values, absence, epsilon, permanent_epsilon)
    if hash_range is None:
        choices = [1 << bits for bits in range(1, 9) if bits <= degree and 1 << (bits + degree) <= 1 << 22]
        chosen = min(choices, key=lambda k: (variance(k, *stages(k, epsilon, permanent_epsilon)), k))
        declared |= {"chosen": {"hash_range": chosen}}
    else:
        chosen = hash_range
        declared |= {"parameters": {"hash_range": str(hash_range)}, "chosen": {"hash_range": chosen}}
    first, second = stages(chosen, epsilon, permanent_epsilon)

    def permanent_vectors():
        for metric in range(1, 17):
            key = permanent_noise.metric_key(mechanisms.SECRET, metric, mechanisms.DEFINITION_HASH)
            seed = int.from_bytes(permanent_noise.tagged(key, b"cohort")[:4], "little") % (1 << degree)
            for item in sorted({0, 1, items // 2, items - 1}):
                answer = hashed(item, seed, degree, chosen)
                value = answer.to_bytes(4, "little")
                words = permanent_noise.words(mechanisms.SECRET, metric, mechanisms.DEFINITION_HASH, value, 2)
                response = mechanisms.respond(chosen, first, answer, *words)
                yield f"{metric} {item} {seed} {response} {value.hex()}"

    return declared | {
        "thresholds": mechanisms.hexadecimal([first, second]),
        "losses": stage_losses(chosen, first, second),
        "vectors": list(mechanisms.response_vectors(f"loloha/{chosen}/{epsilon}/{permanent_epsilon}", chosen, second)),
        "permanent_vectors": list(permanent_vectors()),
    }


PLACES = 1 << 32


def mean(epsilon, permanent_epsilon, segments=None):
    first, second = stages(2, epsilon, permanent_epsilon)
    count = segments or 1
    width = PLACES // count

    def permanent_vectors():
        for metric in range(1, 17):
            def words(value, count):
                return permanent_noise.words(mechanisms.SECRET, metric, mechanisms.DEFINITION_HASH, value, count)

            alpha = words(b"alpha", 1)[0] % width
            edges = [alpha, width - alpha - 1, width - alpha] if alpha else []
            for place in sorted({0, 1, 12_345_678, PLACES // 2, PLACES - width // 3, PLACES - 1, PLACES, *edges}):
                low, rest = divmod(place, width)
                end = low + 1 if rest and width - rest <= alpha else low
                value = end.to_bytes(4, "little")
                ones = first + end * width * (WORD - 2 * first) // PLACES
                yield f"{metric} {place} {1 if words(value, 1)[0] < ones else 0} {value.hex()}"

    def vectors():
        for bit in (0, 1):
            for word in [0, second - 1, second, WORD - 1, *mechanisms.drawn_words(f"mean/{second}/{bit}", 4)]:
                yield f"{bit} {word:016x} {bit ^ (word < second)}"

    declared = mechanisms.declaration(0, False, epsilon, permanent_epsilon) | {"domain": "range"}
    return declared | ({} if segments is None else {"parameters": {"segments": str(segments)}}) | {
        "thresholds": mechanisms.hexadecimal([first, second]),
        "losses": stage_losses(2, first, second),
        "vectors": list(vectors()),
        "permanent_vectors": list(permanent_vectors()),
    }


def refused(error, declared, **changes):
    return {key: value for key, value in (declared | changes).items() if value is not None} | {"error": error}


ITEMS = mechanisms.declaration(4, True, 1000, 2000)
RANGE = mechanisms.declaration(0, False, 1000, 2000) | {"domain": "range"}


def common_refusals(good):
    return [
        refused("missingParameter", good, epsilon=None), refused("missingParameter", good, permanent_epsilon=None),
        refused("epsilonNotBelowPermanent", good, epsilon=2000), refused("epsilonNotBelowPermanent", good, epsilon=2001),
        refused("epsilonOutOfRange", good, permanent_epsilon=16_001), refused("epsilonOutOfRange", good, epsilon=0),
        refused("domainNotTaken", good, domain="text"),
    ]


def items_refusals(largest):
    return common_refusals(ITEMS) + [
        refused("domainNotTaken", ITEMS, domain="range"),
        *(refused("categoryCountOutOfRange", ITEMS, values=count) for count in (0, -1, largest, (1 << 63) - 1)),
        refused("categoryCountOutOfRange", ITEMS, values=1, reports_absence=False),
    ]


def with_range(hash_range, **changes):
    return ITEMS | changes | {"parameters": {"hash_range": hash_range}}


ENCODING = {
    "configurations": [
        encoding(1, 500, 1000), encoding(2, 1000, 2000, absence=False), encoding(2, 500, 1000), encoding(2, 1999, 2000),
        encoding(3, 1000, 4000), encoding(4, 2000, 16_000), encoding(5, 1000, 2000),
    ],
    "refused": items_refusals(4096),
}

LOLOHA = {
    "configurations": [
        loloha(2, 500, 1000, absence=False), loloha(2, 1000, 2000), loloha(3, 1000, 2000, hash_range=2),
        loloha(3, 2000, 4000), loloha(4, 500, 1000, hash_range=2, absence=False), loloha(3, 1999, 2000),
        loloha(6, 1000, 3000, hash_range=2),
    ],
    "refused": items_refusals(65_536) + [
        refused("countOutOfRange", with_range("1")), refused("countOutOfRange", with_range("16")),
        refused("countOutOfRange", with_range("2.5")), refused("notAPowerOfTwo", with_range("3")),
        refused("countOutOfRange", with_range("128", values=65_000)),
    ],
}

MEAN = {
    "configurations": [
        mean(1, 2), mean(500, 1000), mean(1000, 2000), mean(1999, 2000, segments=1), mean(1000, 4000, segments=2),
        mean(2000, 16_000, segments=8), mean(1000, 3000, segments=1024),
    ],
    "refused": common_refusals(RANGE) + [
        refused("domainNotTaken", RANGE, domain=None, values=4), refused("absenceNotTaken", RANGE, reports_absence=True),
        refused("countOutOfRange", RANGE | {"parameters": {"segments": "0"}}),
        refused("countOutOfRange", RANGE | {"parameters": {"segments": "2048"}}),
        refused("countOutOfRange", RANGE | {"parameters": {"segments": "1.5"}}),
        refused("notAPowerOfTwo", RANGE | {"parameters": {"segments": "3"}}),
    ],
}


if __name__ == "__main__":
    assert [irreducible(degree) for degree in (1, 4, 8)] == [0x3, 0x13, 0x11B]
    fixture_files.main({
        "mechanisms/OptimizedSymmetricUnaryEncoding.json": fixture_files.as_json(ENCODING),
        "mechanisms/Loloha.json": fixture_files.as_json(LOLOHA),
        "mechanisms/MemoizedOneBitMean.json": fixture_files.as_json(MEAN),
    })
