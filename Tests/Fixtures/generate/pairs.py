#!/usr/bin/env python3
"""Configurations and vectors of pairs of mechanisms, independently of Sources/.

    pairs.py            writes mechanisms/PairedResponse.json and mechanisms/MemoizedPairedResponse.json
    pairs.py --check    compares them with a fresh computation; exits 1 where they differ

    losses               in 1e-9 nats, rounded up each and added: of a report; of a memoized pair also of a value, and of the
                         fresh noise
    unspent              how much of both epsilons together is left, in 1e-9 nats
    vectors              both inputs, or of a memoized pair the permanent response; the words of a report's noise; the report
    permanent_vectors    metric, both inputs, permanent response, canonical bytes, under the secret and definition hash of
                         mechanisms.py

Inputs are "text:" and bytes in hex, "item:" and an index, or "absent"; payloads are in hex. A permanent response to a pair
comes from keys of its own: with D = SHA-256 of the canonical bytes of both, each after its length and padded to 255,

    K_part = HMAC-SHA256(HMAC-SHA256(K_metric, "dither/prr-part/v1" + position), u16(32) + D padded with zeros to 256 bytes)

takes the place of K_metric for everything but the cohort. A cohort that both halves name stands first and once.
"""

import hashlib
from fractions import Fraction

import fixture_files
import longitudinal
import mechanisms
import oracles
import permanent_noise
import rappor
import thresholds

WORD = thresholds.WORD


class Recorder:
    """Draws the words of a name and keeps them."""

    def __init__(self, name):
        self.name, self.words = name, []

    def next(self):
        self.words.append(oracles.noise_word(self.name, len(self.words)))
        return self.words[-1]

    def draw(self, count):
        return [self.next() for _ in range(count)]


def index_of(shown, values):
    return values if shown == "absent" else int(shown.split(":")[1])


class Half:
    """One mechanism: its declaration, losses, inputs, and reports in hex."""

    lead = 0  # bytes of the payload that name the cohort

    def declared(self):
        return {"mechanism": self.mechanism, "declaration": self.declaration}

    def spent(self):
        return self.declaration["epsilon"] * 1_000_000 if "epsilon" in self.declaration else -(-self.losses[0] // 10**6) * 10**6


class Response(Half):
    mechanism = "randomized_response"

    def __init__(self, values, absence, epsilon):
        self.values, self.k = values, values + absence
        self.declaration = mechanisms.declaration(values, absence, epsilon)
        self.threshold = thresholds.threshold(self.k, Fraction(epsilon, 1000))
        self.losses = [thresholds.loss_nanonats(thresholds.worst_ratio(self.k, self.threshold))]
        self.inputs = [f"item:{item}" for item in range(values)] + (["absent"] if absence else [])

    def report(self, shown, source):
        words = source.draw(2)
        return mechanisms.respond(self.k, self.threshold, index_of(shown, self.values), *words).to_bytes(1).hex()


class Unary(Response):
    mechanism = "symmetric_unary_encoding"

    def __init__(self, values, absence, epsilon):
        super().__init__(values, absence, epsilon)
        self.clear, self.set = oracles.unary_thresholds(True, epsilon)
        self.losses = [epsilon * 10**6 - oracles.unspent(self.clear, self.set, epsilon)]

    def report(self, shown, source):
        return oracles.unary_payload(self.k, self.clear, self.set, index_of(shown, self.values), source).hex()


class Hadamard(Response):
    mechanism = "hadamard_response"

    def __init__(self, values, absence, epsilon):
        super().__init__(values, absence, epsilon)
        self.threshold = thresholds.threshold(2, Fraction(epsilon, 1000))
        self.rows = 1 << self.k.bit_length()
        self.losses = [thresholds.loss_nanonats(thresholds.worst_ratio(2, self.threshold))]

    def report(self, shown, source):
        start = len(source.words)
        report = oracles.row_payload(self.rows, self.threshold, index_of(shown, self.values), source).hex()
        assert len(source.words) == start + 2
        return report


class Memoized(Half):
    mechanism = "randomized_response"

    def __init__(self, values, absence, epsilon, permanent_epsilon):
        self.values, self.k = values, values + absence
        self.declaration = mechanisms.declaration(values, absence, epsilon, permanent_epsilon)
        self.thresholds = longitudinal.stages(self.k, epsilon, permanent_epsilon)
        self.losses = longitudinal.stage_losses(self.k, *self.thresholds)
        self.inputs = [f"item:{item}" for item in range(values)] + (["absent"] if absence else [])

    def canonical(self, shown, _):
        return index_of(shown, self.values).to_bytes(4, "little")

    def permanent(self, shown, _, words):
        return mechanisms.respond(self.k, self.thresholds[0], index_of(shown, self.values), *words(2)).to_bytes(1).hex()

    def any_permanent(self, source, _):
        return (source.next() % self.k).to_bytes(1).hex()

    def report(self, permanent, source):
        return mechanisms.respond(self.k, self.thresholds[1], int(permanent, 16), *source.draw(2)).to_bytes(1).hex()


class Bits(Half):
    """RAPPOR with and without Bloom filters."""

    def __init__(self, mechanism, declared, bits, cohorts, differing, inputs):
        self.mechanism, self.declaration, self.cohorts, self.inputs = mechanism, declared, cohorts, inputs
        self.bits = rappor.Mechanism(bits, cohorts, rappor.Noise(bits, differing, declared))
        self.losses, self.lead = self.bits.noise.losses, 0 if cohorts == 1 else 1

    def canonical(self, shown, _):
        if shown == "absent":
            return b"\0"
        kind, content = shown.split(":")
        return b"\1" + bytes.fromhex(content) if kind == "text" else b"\2" + int(content).to_bytes(4, "little")

    def set_bits(self, shown, cohort):
        if shown == "absent":
            return set()
        kind, content = shown.split(":")
        if kind == "item":
            return {int(content)}
        hashes = int(self.declaration["parameters"]["hashes"])
        return rappor.filter_bits(bytes.fromhex(content), cohort % self.cohorts, self.bits.bits, hashes)

    def permanent(self, shown, cohort, words):
        t = self.bits.noise.t
        flips = rappor.below(t, words(rappor.noise_word_count(t, self.bits.word_count)), self.bits.word_count)
        chosen = self.set_bits(shown, cohort)
        return self.bits.payload(cohort % self.cohorts, [flips[bit] != (bit in chosen) for bit in range(self.bits.bits)])

    def any_permanent(self, source, cohort):
        drawn = source.draw(self.bits.word_count)
        return self.bits.payload(
            cohort % self.cohorts, [bool(drawn[bit // 64] >> (bit % 64) & 1) for bit in range(self.bits.bits)])

    def report(self, permanent, source):
        cohort = int.from_bytes(bytes.fromhex(permanent)[: self.lead], "little")
        number = int.from_bytes(bytes.fromhex(permanent)[self.lead :], "little")
        permanent = [bool(number >> bit & 1) for bit in range(self.bits.bits)]
        bits = self.bits.report(permanent, source.draw(self.bits.report_word_count))
        return self.bits.payload(cohort, bits)


def filters(bits, hashes, cohorts, *noise):
    inputs = [f"text:{text.encode().hex()}" for text in ("", "EWR", "Zürich", "x" * 254)] + ["absent"]
    declared = rappor.text_declaration(bits, hashes, cohorts, noise)
    return Bits("rappor", declared, bits, cohorts, 2 * hashes, inputs)


def basic(values, *noise):
    declared = rappor.with_noise({"values": values, "reports_absence": True}, noise)
    inputs = [f"item:{item}" for item in range(values)] + ["absent"]
    return Bits("basic_rappor", declared, values, 1, min(2, values), inputs)


class Hashed(Memoized):
    """LOLOHA, whose public seed is a cohort, and whose hash value is what is kept."""

    mechanism, lead = "loloha", 1

    def __init__(self, values, absence, epsilon, permanent_epsilon, hash_range):
        super().__init__(values, absence, epsilon, permanent_epsilon)
        self.degree, self.range = max(1, (self.k - 1).bit_length()), hash_range
        self.declaration |= {"parameters": {"hash_range": str(hash_range)}}
        self.cohorts = 1 << self.degree
        self.thresholds = longitudinal.stages(hash_range, epsilon, permanent_epsilon)
        self.losses = longitudinal.stage_losses(hash_range, *self.thresholds)

    def answer(self, shown, cohort):
        return longitudinal.hashed(index_of(shown, self.values), cohort % self.cohorts, self.degree, self.range)

    def canonical(self, shown, cohort):
        return self.answer(shown, cohort).to_bytes(4, "little")

    def permanent(self, shown, cohort, words):
        response = mechanisms.respond(self.range, self.thresholds[0], self.answer(shown, cohort), *words(2))
        return bytes([cohort % self.cohorts, response]).hex()

    def any_permanent(self, source, cohort):
        return bytes([cohort % self.cohorts, source.next() % self.range]).hex()

    def report(self, permanent, source):
        seed, kept = bytes.fromhex(permanent)
        return bytes([seed, mechanisms.respond(self.range, self.thresholds[1], kept, *source.draw(2))]).hex()


def joined(first, second, payloads):
    """The bytes that name a cohort, first and once; then the rest of both."""
    lead = 2 * max(first.lead, second.lead)
    partition = payloads[0][:lead] if first.lead else payloads[1][:lead]
    return partition + payloads[0][2 * first.lead :] + payloads[1][2 * second.lead :]


def declared(first, second):
    losses = [sum(each) for each in zip(first.losses, second.losses)]
    return {
        "values": len(first.inputs) * len(second.inputs),
        "reports_absence": first.declaration["reports_absence"],
        "components": [first.declared(), second.declared()],
        "losses": losses,
        "unspent": first.spent() + second.spent() - losses[0],
    }


def paired_inputs(first, second):
    for one in first.inputs:
        for other in second.inputs:
            if (one == "absent") == (other == "absent"):
                yield one, other


def fresh(first, second, name):
    def vectors():
        for one, other in paired_inputs(first, second):
            for draw in range(2):
                source = Recorder(f"pairs/{name}/{one}/{other}/{draw}")
                payload = first.report(one, source) + second.report(other, source)
                yield " ".join([one, other, *mechanisms.hexadecimal(source.words), payload])

    return declared(first, second) | {"vectors": list(vectors())}


def padded(value):
    return bytes([len(value)]) + value.ljust(255, b"\0")


def memoized(first, second, name):
    halves = (first, second)

    def permanent_vectors():
        for metric in range(1, 5):
            key = permanent_noise.metric_key(mechanisms.SECRET, metric, mechanisms.DEFINITION_HASH)
            cohort = int.from_bytes(permanent_noise.tagged(key, b"cohort")[:4], "little")
            for inputs in paired_inputs(*halves):
                canonical = [half.canonical(shown, cohort) for half, shown in zip(halves, inputs)]
                digest = hashlib.sha256(b"".join(map(padded, canonical))).digest()
                responses = []
                for position, (half, shown) in enumerate(zip(halves, inputs)):
                    part = permanent_noise.tagged(key, b"dither/prr-part/v1" + bytes([position]))
                    part = permanent_noise.tagged(part, permanent_noise.padded(digest))
                    seed = permanent_noise.tagged(part, permanent_noise.padded(canonical[position]))

                    def words(count):
                        stream = permanent_noise.keystream(seed, 8 * count)
                        return [int.from_bytes(stream[at : at + 8], "little") for at in range(0, 8 * count, 8)]

                    responses.append(half.permanent(shown, cohort, words))
                yield " ".join([str(metric), *inputs, joined(*halves, responses), digest.hex()])

    def vectors():
        for draw in range(6):
            source = Recorder(f"pairs/{name}/permanent/{draw}")
            permanent = [half.any_permanent(source, draw) for half in halves]
            source = Recorder(f"pairs/{name}/report/{draw}")
            reports = [half.report(each, source) for half, each in zip(halves, permanent)]
            yield " ".join([
                joined(*halves, permanent), *mechanisms.hexadecimal(source.words), joined(*halves, reports)])

    return declared(first, second) | {"vectors": list(vectors()), "permanent_vectors": list(permanent_vectors())}


def refused(error, first, second, absence=False, **changes):
    components = [{"mechanism": name, "declaration": declaration} for name, declaration in (first, second)]
    return {"values": 4, "reports_absence": absence, "components": components} | changes | {"error": error}


RESPONSE = ("randomized_response", mechanisms.declaration(2, False, 1000))
KEPT = ("randomized_response", mechanisms.declaration(2, True, 1000, 2000))


def filtered(cohorts):
    return ("rappor", rappor.text_declaration(8, 2, cohorts, (1000, 2000)))


def of(half, **changes):
    return (half[0], {key: value for key, value in (half[1] | changes).items() if value is not None})


NO_PAIR = {"values": 2, "reports_absence": False, "error": "domainNotTaken"}

PAIRED_RESPONSE = {
    "configurations": [
        fresh(Response(2, False, 500), Response(2, False, 1000), "two coins"),
        fresh(Response(2, False, 8000), Response(2, False, 8000), "at the limit"),
        fresh(Response(3, True, 1000), Response(2, True, 500), "with absence"),
        fresh(Response(2, False, 1000), Unary(2, False, 1000), "beside bits"),
        fresh(Unary(2, True, 2000), Response(2, True, 1), "after bits"),
        fresh(Hadamard(3, False, 1000), Response(4, False, 2000), "beside rows"),
    ],
    "refused": [
        NO_PAIR | {"epsilon": 1000},
        refused("component", of(RESPONSE, epsilon=None), RESPONSE),
        refused("component", RESPONSE, of(RESPONSE, values=1)),
        refused("component", RESPONSE, of(RESPONSE, permanent_epsilon=2000)),
        refused("component", ("no_such_mechanism", RESPONSE[1]), RESPONSE),
        refused("component", ("pair", RESPONSE[1]), RESPONSE),
        refused("component", ("rappor", RESPONSE[1]), RESPONSE),
        refused("component", ("one_bit_mean", {"values": 0, "reports_absence": False, "domain": "range", "epsilon": 1000}), RESPONSE),
        refused("absenceInOneComponent", of(RESPONSE, reports_absence=True), RESPONSE),
        refused("epsilonOutOfRange", of(RESPONSE, epsilon=8001), of(RESPONSE, epsilon=8000)),
        refused(
            "countOutOfRange",
            *2 * [("count_mean_sketch", {
                "values": 0, "reports_absence": False, "domain": "text", "epsilon": 1000,
                "parameters": {"rows": "1024", "width": "65536"}})]),
    ],
}

MEMOIZED_PAIRED_RESPONSE = {
    "configurations": [
        memoized(Memoized(2, True, 500, 1000), Memoized(2, True, 1000, 2000), "two coins"),
        memoized(Memoized(2, True, 1000, 8000), Memoized(2, True, 2000, 8000), "at the limit"),
        memoized(Memoized(2, True, 1000, 2000), basic(2, "0.5", "0.5", "0.75"), "beside bits"),
        memoized(filters(2, 1, 2, 500, 1000), Memoized(2, True, 500, 1000), "cohort first"),
        memoized(Memoized(2, True, 500, 1000), filters(2, 1, 2, 1000, 2000), "cohort second"),
        memoized(filters(2, 1, 2, 500, 1000), filters(2, 1, 2, "0.5", "0.5", "0.75"), "one cohort"),
        memoized(Hashed(2, True, 1000, 2000, 2), filters(2, 1, 4, 1000, 2000), "a seed as cohort"),
    ],
    "refused": [
        NO_PAIR | {"epsilon": 1000, "permanent_epsilon": 2000},
        refused("component", of(KEPT, permanent_epsilon=None), KEPT, absence=True),
        refused("component", KEPT, of(KEPT, epsilon=2000), absence=True),
        refused("component", KEPT, ("count_mean_sketch", KEPT[1]), absence=True),
        refused("component", KEPT, ("pair", KEPT[1]), absence=True),
        refused("absenceInOneComponent", KEPT, of(KEPT, reports_absence=False), absence=True),
        refused("epsilonOutOfRange", of(KEPT, permanent_epsilon=8001), of(KEPT, permanent_epsilon=8000), absence=True),
        refused("cohortCountsDiffer", filtered(4), filtered(8), absence=True),
        refused(
            "cohortCountsDiffer",
            ("loloha", mechanisms.declaration(2, True, 1000, 2000) | {"parameters": {"hash_range": "2"}}), filtered(2),
            absence=True),
    ],
}

if __name__ == "__main__":
    fixture_files.main({
        "mechanisms/PairedResponse.json": fixture_files.as_json(PAIRED_RESPONSE),
        "mechanisms/MemoizedPairedResponse.json": fixture_files.as_json(MEMOIZED_PAIRED_RESPONSE),
    })
