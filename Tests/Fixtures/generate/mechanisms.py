#!/usr/bin/env python3
"""Configurations and vectors of randomized response, computed a second time and independently of Sources/.

    mechanisms.py            writes mechanisms/*RandomizedResponse.json
    mechanisms.py --check    compares them with a fresh computation; exits 1 where they differ

A file is named for the mechanism's type. `configurations` are declarations that the laws run over, with the thresholds
that follow (hex) and what the integers make of given words; `refused` are declarations that name the error expected.

    vectors              item (of a memoized mechanism: permanent response), lie word, other word, report
    permanent_vectors    metric, item, permanent response, under the secret and definition hash named below
"""

import hashlib
from fractions import Fraction

import fixture_files
import permanent_noise
import thresholds

WORD = thresholds.WORD


def respond(k, threshold, truth, lie_word, other_word):
    """The truth unless the first word is below the threshold; then the second word's choice of the k - 1 others."""
    others = [(truth + 1 + step) % k for step in range(k - 1)]
    return others[other_word * (k - 1) >> 64] if lie_word < threshold else truth


def drawn_words(name, count):
    words = (hashlib.sha256(f"dither/fixtures/mechanisms/{name}/{i}".encode()).digest() for i in range(count))
    return [int.from_bytes(digest[:8], "big") for digest in words]


def hexadecimal(words):
    return [f"{word:016x}" for word in words]


def response_vectors(name, k, threshold):
    """Words at every edge of the rule, and drawn ones."""
    edges = [0, threshold - 1, threshold, WORD - 1]
    for truth in sorted({0, 1, k // 2, k - 1}):
        drawn = drawn_words(f"{name}/{truth}", 12)
        for lie_word in edges + drawn[:4]:
            for other_word in [0, WORD - 1, WORD // (k - 1)] [: 3 if k > 2 else 2] + drawn[4:6]:
                report = respond(k, threshold, truth, lie_word, other_word)
                yield " ".join([str(truth), *hexadecimal([lie_word, other_word]), str(report)])


def declaration(values, reports_absence, epsilon, permanent_epsilon=None):
    fields = {"values": values, "reports_absence": reports_absence, "epsilon": epsilon}
    return fields if permanent_epsilon is None else fields | {"permanent_epsilon": permanent_epsilon}


def fresh(values, reports_absence, epsilon):
    k = values + reports_absence
    threshold = thresholds.threshold(k, Fraction(epsilon, 1000))
    return declaration(values, reports_absence, epsilon) | {
        "thresholds": hexadecimal([threshold]),
        "vectors": list(response_vectors(f"fresh/{k}/{epsilon}", k, threshold)),
    }


def stage(k, threshold):
    """The numerators over N^2 of the truth, of one lie (least and greatest) and of all lies."""
    fewest, rest = divmod(WORD, k - 1)
    return {
        "truth": (WORD - threshold) * WORD,
        "least": threshold * fewest,
        "greatest": threshold * (fewest + (1 if rest else 0)),
        "lies": threshold * WORD,
    }


def two_stage_bounds(first, second):
    """The likeliest report is at most the first number, any report at least the second; both over N^4."""
    truthful = first["truth"] * second["truth"] + first["lies"] * second["greatest"]
    other = (
        first["greatest"] * second["truth"] + first["truth"] * second["greatest"]
        + (first["lies"] - first["least"]) * second["greatest"]
    )
    least = (
        first["least"] * second["truth"] + first["truth"] * second["least"]
        + (first["lies"] - first["greatest"]) * second["least"]
    )
    return max(truthful, other), least


def instantaneous_threshold(k, permanent_threshold, epsilon):
    """The smallest second threshold with which one report loses at most epsilon, by bisection."""
    first = stage(k, permanent_threshold)

    def suffices(threshold):
        greatest, least = two_stage_bounds(first, stage(k, threshold))
        return thresholds.proved(lambda e, one: greatest * one <= e * least, Fraction(epsilon, 1000))

    low, high = 0, WORD * WORD // (WORD + WORD // (k - 1) + 1)
    assert not suffices(low + 1) and suffices(high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return high


SECRET = hashlib.sha256(b"a device").digest()
DEFINITION_HASH = hashlib.sha256(b"a definition").digest()


def permanent_vectors(k, threshold):
    for metric in range(1, 17):
        for item in sorted({0, 1, k - 1}):
            value = item.to_bytes(4, "little")
            lie_word, other_word = permanent_noise.words(SECRET, metric, DEFINITION_HASH, value, 2)
            yield f"{metric} {item} {respond(k, threshold, item, lie_word, other_word)}"


def memoized(values, reports_absence, epsilon, permanent_epsilon):
    k = values + reports_absence
    permanent = thresholds.threshold(k, Fraction(permanent_epsilon, 1000))
    instantaneous = instantaneous_threshold(k, permanent, epsilon)
    return declaration(values, reports_absence, epsilon, permanent_epsilon) | {
        "thresholds": hexadecimal([permanent, instantaneous]),
        "vectors": list(response_vectors(f"memoized/{k}/{epsilon}/{permanent_epsilon}", k, instantaneous)),
        "permanent_vectors": list(permanent_vectors(k, permanent)),
    }


def refused(error, *arguments):
    return declaration(*arguments) | {"error": error}


RANDOMIZED_RESPONSE = {
    "configurations": [
        fresh(2, False, 1), fresh(2, False, 500), fresh(2, False, 1000), fresh(2, False, 2000), fresh(2, False, 16_000),
        fresh(2, True, 1000), fresh(3, False, 500), fresh(3, True, 2000), fresh(7, False, 1000), fresh(7, False, 16_000),
        fresh(12, True, 3000), fresh(256, False, 2000), fresh(257, False, 4000),
    ],
    "refused": [
        refused("categoryCountOutOfRange", 0, False, 1000), refused("categoryCountOutOfRange", 1, False, 1000),
        refused("categoryCountOutOfRange", 0, True, 1000), refused("categoryCountOutOfRange", -1, False, 1000),
        refused("categoryCountOutOfRange", (1 << 20) + 1, False, 1000),
        refused("categoryCountOutOfRange", 1 << 20, True, 1000),
        refused("categoryCountOutOfRange", (1 << 63) - 1, True, 1000),
        refused("epsilonOutOfRange", 2, False, 0), refused("epsilonOutOfRange", 2, False, 16_001),
        refused("unknownParameter", 2, False, 1000, 2000),
    ],
}

MEMOIZED_RANDOMIZED_RESPONSE = {
    "configurations": [
        memoized(2, False, 500, 1000), memoized(2, False, 1000, 2000), memoized(2, True, 1000, 2000),
        memoized(3, True, 500, 1000), memoized(3, True, 1999, 2000), memoized(6, True, 1000, 16_000),
        memoized(2, True, 1, 2),
    ],
    "refused": [
        refused("missingParameter", 3, True, 1000), refused("epsilonNotBelowPermanent", 3, True, 2000, 2000),
        refused("epsilonNotBelowPermanent", 3, True, 2001, 2000), refused("epsilonOutOfRange", 3, True, 1000, 16_001),
        refused("categoryCountOutOfRange", 1, False, 1000, 2000), refused("categoryCountOutOfRange", 0, True, 1000, 2000),
        refused("categoryCountOutOfRange", 1 << 20, True, 1000, 2000),
    ],
}


if __name__ == "__main__":
    fixture_files.main(
        {
            "mechanisms/RandomizedResponse.json": fixture_files.as_json(RANDOMIZED_RESPONSE),
            "mechanisms/MemoizedRandomizedResponse.json": fixture_files.as_json(MEMOIZED_RANDOMIZED_RESPONSE),
        },
    )
