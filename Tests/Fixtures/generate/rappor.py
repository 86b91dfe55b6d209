#!/usr/bin/env python3
"""Configurations and vectors of RAPPOR with and without Bloom filters, independently of Sources/.

    rappor.py            writes mechanisms/Rappor.json, mechanisms/BasicRappor.json and vectors/rappor_wide.json
    rappor.py --check    compares them with a fresh computation; exits 1 where they differ

With N = 2^64 a permanent response flips a bit for T words, and a report sets a bit for Q words where the response has it
set and for P words where it is clear. A chain samples multiples of 2^40, and below 2^56 multiples of 2^32.

    thresholds           T, P, Q (hex); losses in 1e-9 nats, rounded up: of a report, of a value, of the fresh noise
    vectors              permanent response, the words of a report's noise, the report (payloads in hex)
    permanent_vectors    metric, input, permanent response, under the secret and definition hash of mechanisms.py; an
                         input is "text:" and its bytes in hex, "item:" and its index, or "absent"

rappor_wide.json holds the same for vectors too long to audit.
"""

import hashlib
import math
from fractions import Fraction

import fixture_files
import mechanisms
import permanent_noise
import thresholds

WORD = thresholds.WORD


def unit(t):
    return 1 << 40 if t >= 1 << 56 else 1 << 32


def least_chain(t):
    return -(-t // unit(t)) * unit(t)


def greatest_chain(t):
    return t // unit(t) * unit(t)


def worst(high, low, differing):
    """The greatest ratio when `differing` bits differ, half of them set on either side; high and low are probabilities."""
    against = [high / low, (1 - low) / (1 - high)]
    return (against[0] * against[1]) ** (differing // 2) * (max(against) if differing % 2 else 1)


def stages(t, p, q):
    t, p, q = (Fraction(number, WORD) for number in (t, p, q))
    return (1 - t) * q + t * p, (1 - t) * p + t * q


def report_ratio(t, p, q, differing):
    return worst(*stages(t, p, q), differing)


def permanent_ratio(t, differing):
    return worst(1 - Fraction(t, WORD), Fraction(t, WORD), differing)


def within(ratio, epsilon):
    return thresholds.proved(lambda e, one: ratio.numerator * one <= e * ratio.denominator, epsilon)


def from_epsilons(epsilon, permanent_epsilon, differing):
    t = least_chain(thresholds.threshold(2, Fraction(permanent_epsilon, 1000 * differing)))
    low, high = 0, (1 << 23) - 1
    while high - low > 1:
        middle = (low + high) // 2
        p = middle << 40
        if within(report_ratio(t, p, WORD - p, differing), Fraction(epsilon, 1000)):
            high = middle
        else:
            low = middle
    return t, high << 40, WORD - (high << 40)


def from_probabilities(f, p, q):
    f, p, q = Fraction(f), Fraction(p), Fraction(q)
    return least_chain(-(-f / 2 * WORD // 1)), least_chain(-(-p * WORD // 1)), greatest_chain(q * WORD // 1)


class Noise:
    """The integers of a declaration, and what they lose."""

    def __init__(self, bits, differing, declared):
        if "epsilon" in declared:
            self.t, self.p, self.q = from_epsilons(declared["epsilon"], declared["permanent_epsilon"], differing)
        else:
            self.t, self.p, self.q = from_probabilities(*(declared["parameters"][name] for name in "fpq"))
        one, all_time = report_ratio(self.t, self.p, self.q, differing), permanent_ratio(self.t, differing)
        p, q = Fraction(self.p, WORD), Fraction(self.q, WORD)
        fresh = worst(q, p, 1)
        self.losses = [thresholds.loss_nanonats(one), thresholds.loss_nanonats(all_time)]
        exact = bits <= 16 and bits * math.log(fresh) < 31.9  # No fixture lies near the limit of 32.
        self.losses.append(thresholds.loss_nanonats(fresh**bits) if exact else bits * thresholds.loss_nanonats(fresh))
        for loss, name in zip(self.losses, ("epsilon", "permanent_epsilon")):
            assert loss <= declared.get(name, 16_000) * 1_000_000
        # One step less noise of either stage is too little, where it is made from epsilon.
        if "epsilon" in declared:
            assert not within(permanent_ratio(self.t - unit(self.t), differing), Fraction(declared["permanent_epsilon"], 1000))
            step = 1 << 40
            if self.p > step:
                assert not within(
                    report_ratio(self.t, self.p - step, self.q + step, differing), Fraction(declared["epsilon"], 1000))


def least_bit(number):
    return (number & -number).bit_length() - 1


def below(threshold, words, word_count, first_level=None):
    """One bit a lane: whether the number that the lane's bits of all words spell is below the threshold."""
    levels = range((40 if threshold >= 1 << 56 else 32) if first_level is None else first_level, 64)
    columns = [words[place * word_count : (place + 1) * word_count] for place in range(len(levels))]
    result = []
    for lane in range(64 * word_count):
        number = sum(
            (column[lane // 64] >> (lane % 64) & 1) << level for level, column in zip(levels, columns))
        result.append(number < threshold)
    return result


def noise_word_count(threshold, word_count):
    return (24 if threshold >= 1 << 56 else 32) * word_count


class Mechanism:
    """What turns an input into bits and bits into payloads."""

    def __init__(self, bits, cohorts, noise):
        self.bits, self.cohorts, self.noise = bits, cohorts, noise
        self.word_count = -(-bits // 64)

    def payload(self, cohort, bits):
        prefix = cohort.to_bytes(0 if self.cohorts == 1 else 1 if self.cohorts <= 256 else 2, "little")
        number = sum(1 << index for index, bit in enumerate(bits) if bit)
        return (prefix + number.to_bytes(-(-self.bits // 8), "little")).hex()

    @property
    def first_level(self):
        """Of a report's noise: both thresholds are multiples of 2 to this power, and share their words."""
        return min(least_bit(self.noise.p), least_bit(self.noise.q))

    @property
    def report_word_count(self):
        return (64 - self.first_level) * self.word_count

    def report(self, permanent, words):
        clear, set_ = (below(t, words, self.word_count, self.first_level) for t in (self.noise.p, self.noise.q))
        return [s if z else c for z, c, s in zip(permanent, clear, set_)]

    def vectors(self, name, count):
        word_count = self.report_word_count
        for index in range(count):
            words = mechanisms.drawn_words(f"{name}/{index}", word_count)
            drawn = mechanisms.drawn_words(f"{name}/{index}/permanent", self.word_count + 1)
            permanent = [bool(drawn[bit // 64] >> (bit % 64) & 1) for bit in range(self.bits)]
            cohort = drawn[-1] % self.cohorts
            yield " ".join([
                self.payload(cohort, permanent), *mechanisms.hexadecimal(words),
                self.payload(cohort, self.report(permanent, words))])

    def permanent_vectors(self, inputs):
        for metric in range(1, 9):
            key = permanent_noise.metric_key(mechanisms.SECRET, metric, mechanisms.DEFINITION_HASH)
            cohort = int.from_bytes(permanent_noise.tagged(key, b"cohort")[:4], "little") % self.cohorts
            for name, canonical, set_bits in inputs(cohort):
                words = permanent_noise.words(
                    mechanisms.SECRET, metric, mechanisms.DEFINITION_HASH, canonical,
                    noise_word_count(self.noise.t, self.word_count))
                flips = below(self.noise.t, words, self.word_count)
                response = [flips[bit] != (bit in set_bits) for bit in range(self.bits)]
                yield f"{metric} {name} {self.payload(cohort, response)}"


def filter_bits(text, cohort, bits, hashes):
    digest = hashlib.md5(cohort.to_bytes(4, "big") + text).digest()
    return {digest[index] % bits for index in range(hashes)}


def described(declared, mechanism, inputs, name, count):
    noise = mechanism.noise
    unspent = {}
    if "epsilon" in declared:
        unspent = {"unspent": declared["epsilon"] * 1_000_000 - noise.losses[0]}
    return declared | {
        "thresholds": mechanisms.hexadecimal([noise.t, noise.p, noise.q]),
        "losses": noise.losses,
        **unspent,
        "vectors": list(mechanism.vectors(name, count)),
        "permanent_vectors": list(mechanism.permanent_vectors(inputs)),
    }


def with_noise(declared, noise):
    if len(noise) == 2:
        return declared | {"epsilon": noise[0], "permanent_epsilon": noise[1]}
    return declared | {"parameters": declared.get("parameters", {}) | dict(zip("fpq", noise))}


def text_declaration(bits, hashes, cohorts, noise):
    counts = {"bits": str(bits), "hashes": str(hashes), "cohorts": str(cohorts)}
    return with_noise({"values": 0, "domain": "text", "reports_absence": True, "parameters": counts}, noise)


def rappor(bits, hashes, cohorts, *noise, vectors=4):
    declared = text_declaration(bits, hashes, cohorts, noise)
    mechanism = Mechanism(bits, cohorts, Noise(bits, 2 * hashes, declared))

    def inputs(cohort):
        for text in ("", "EWR", "Zürich", "x" * 254):
            text = text.encode()
            yield f"text:{text.hex()}", b"\1" + text, filter_bits(text, cohort, bits, hashes)
        yield "absent", b"\0", set()

    name = f"rappor/{bits}/{hashes}/{cohorts}/{'/'.join(map(str, noise))}"
    return described(declared, mechanism, inputs, name, vectors)


def basic(values, *noise, absence=True, vectors=4):
    declared = with_noise({"values": values, "reports_absence": absence}, noise)
    mechanism = Mechanism(values, 1, Noise(values, min(2, values), declared))

    def inputs(_):
        for item in sorted({0, values // 2, values - 1}):
            yield f"item:{item}", b"\2" + item.to_bytes(4, "little"), {item}
        if absence:
            yield "absent", b"\0", set()

    return described(declared, mechanism, inputs, f"basic/{values}/{'/'.join(map(str, noise))}", vectors)


def refused(error, declared, **changes):
    declared = {key: value for key, value in (declared | changes).items() if value is not None}
    return declared | {"error": error}


GOOD = text_declaration(8, 2, 4, (1000, 2000))
GIVEN = text_declaration(8, 2, 4, ("0.5", "0.5", "0.75"))
GOOD_BASIC = with_noise({"values": 4, "reports_absence": True}, (1000, 2000))
GIVEN_BASIC = with_noise({"values": 4, "reports_absence": True}, ("0.5", "0.5", "0.75"))


def changed(declared, **parameters):
    kept = declared["parameters"] | parameters
    return {"parameters": {name: value for name, value in kept.items() if value is not None}}


RAPPOR = {
    "configurations": [
        rappor(2, 1, 1, 1000, 2000), rappor(2, 1, 2, 500, 1000), rappor(2, 1, 4, "0.5", "0.25", "0.75"),
        rappor(4, 2, 1, 1000, 4000), rappor(4, 1, 2, "0.5", "0.5", "0.75"), rappor(4, 2, 4, 2000, 8000),
        rappor(4, 1, 1, 1000, 2000),
    ],
    "refused": [
        refused("notAPowerOfTwo", GOOD, **changed(GOOD, bits="7")),
        refused("countOutOfRange", GOOD, **changed(GOOD, bits="512")),
        refused("countOutOfRange", GOOD, **changed(GOOD, bits="1")),
        refused("countOutOfRange", GOOD, **changed(GOOD, bits="8.5")),
        refused("countOutOfRange", GOOD, **changed(GOOD, hashes="9")),
        refused("countOutOfRange", GOOD, **changed(GOOD, bits="4", hashes="5")),
        refused("countOutOfRange", GOOD, **changed(GOOD, cohorts="2048")),
        refused("notAPowerOfTwo", GOOD, **changed(GOOD, cohorts="3")),
        refused("missingParameter", GOOD, **changed(GOOD, cohorts=None)),
        refused("missingParameter", GOOD, epsilon=None),
        refused("missingParameter", GOOD, permanent_epsilon=None),
        refused("missingParameter", GIVEN, **changed(GIVEN, q=None)),
        refused("epsilonNotBelowPermanent", GOOD, epsilon=2000),
        refused("conflictingParameters", GIVEN, epsilon=1000),
        refused("conflictingParameters", GIVEN, permanent_epsilon=1000),
        refused("probabilityOutOfRange", GIVEN, **changed(GIVEN, f="0")),
        refused("probabilityOutOfRange", GIVEN, **changed(GIVEN, f="1")),
        refused("probabilityOutOfRange", GIVEN, **changed(GIVEN, p="0")),
        refused("probabilityOutOfRange", GIVEN, **changed(GIVEN, q="1")),
        refused("probabilityOutOfRange", GIVEN, **changed(GIVEN, p="0.75")),
        refused("epsilonOutOfRange", GIVEN, **changed(GIVEN, f="0.01", p="0.01", q="0.99")),
        refused("lossTooLarge", GIVEN, **changed(GIVEN, hashes="8", f="0.000001", p="0.01", q="0.99")),
        refused("domainNotTaken", GOOD, domain=None, values=4),
        refused("domainNotTaken", GOOD, domain="range"),
    ],
}

BASIC_RAPPOR = {
    "configurations": [
        basic(1, 500, 1000), basic(2, 500, 1000), basic(2, 1000, 2000, absence=False), basic(3, 1000, 2000),
        basic(3, "0.5", "0.5", "0.75"), basic(3, 1999, 2000), basic(5, 2000, 16_000), basic(1, "0.25", "0.1", "0.6"),
        basic(6, 1000, 4000),
    ],
    "refused": [
        refused("categoryCountOutOfRange", GOOD_BASIC, values=0),
        refused("categoryCountOutOfRange", GOOD_BASIC, values=-1),
        refused("categoryCountOutOfRange", GOOD_BASIC, values=1, reports_absence=False),
        refused("categoryCountOutOfRange", GOOD_BASIC, values=4097),
        refused("categoryCountOutOfRange", GOOD_BASIC, values=(1 << 63) - 1),
        refused("domainNotTaken", GOOD_BASIC, domain="text"),
        refused("missingParameter", GOOD_BASIC, permanent_epsilon=None),
        refused("missingParameter", GIVEN_BASIC, **changed(GIVEN_BASIC, f=None)),
        refused("epsilonNotBelowPermanent", GOOD_BASIC, epsilon=2001),
        refused("epsilonOutOfRange", GOOD_BASIC, permanent_epsilon=16_001),
        refused("conflictingParameters", GIVEN_BASIC, epsilon=1000, permanent_epsilon=2000),
        refused("probabilityOutOfRange", GIVEN_BASIC, **changed(GIVEN_BASIC, p="0.9")),
    ],
}

WIDE = {
    "rappor": [
        rappor(8, 2, 1, 1000, 2000),         rappor(16, 2, 64, "0.5", "0.5", "0.75", vectors=2), rappor(128, 2, 512, 2000, 4000, vectors=2),
        rappor(128, 2, 8, "0.5", "0.5", "0.75", vectors=2), rappor(256, 8, 1024, 1000, 16_000, vectors=1),
        rappor(64, 1, 256, "0.001", "0.001", "0.003", vectors=2),
    ],
    "basic": [
        basic(64, 1000, 2000, vectors=2), basic(65, 1000, 2000, vectors=2), basic(100, 500, 3000, vectors=2),
        basic(1000, 2000, 15_000, vectors=1),
    ],
}


if __name__ == "__main__":
    fixture_files.main({
        "mechanisms/Rappor.json": fixture_files.as_json(RAPPOR),
        "mechanisms/BasicRappor.json": fixture_files.as_json(BASIC_RAPPOR),
        "vectors/rappor_wide.json": fixture_files.as_json(WIDE),
    })
