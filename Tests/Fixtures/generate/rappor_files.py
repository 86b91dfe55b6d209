#!/usr/bin/env python3
"""Files of google/rappor, made from its formats' description, independently of analysis/ and of google/rappor's code.

    rappor_files.py            writes the folder rappor and vectors/rappor_parameters.json
    rappor_files.py --check    compares them with a fresh computation; exits 1 where they differ

The folder holds two experiments of 3,000 clients each, with the permanent responses of google/rappor's Python and of its
C++ client, to the same parameters and candidates: reports, their counts, the map of the candidates, and what the clients
held. The other file holds figures of parameters: losses by trying all pairs of values and all reports.
"""

import csv
import hashlib
import hmac
import io
import itertools
import json
import math
import random
import statistics
import struct
from fractions import Fraction

import fixture_files

K, H, M = 16, 2, 8
P, Q, F = 0.1, 0.9, 0.3
PARAMETERS = "k,h,m,p,q,f\n16,2,8,0.1,0.9,0.3\n"
SHARES = {"google.com": 0.3, "a,b \"c\"": 0.22, "": 0.16, "Zürich": 0.12, "unlisted": 0.1, "rare": 0.002}
CANDIDATES = ["google.com", "absent", "a,b \"c\"", "", "rare", "Zürich"] + [f"decoy {i}" for i in range(14)]
CLIENTS = 3000


def reference_vectors():
    return json.loads((fixture_files.FIXTURES / "vectors/rappor.json").read_text())


def digest(value, cohort):
    return hashlib.md5(struct.pack(">I", cohort) + value.encode()).digest()


def byte_bits(value, cohort):
    return [digest(value, cohort)[j] % K for j in range(H)]


def bloom(value, cohort):
    return sum(1 << bit for bit in set(byte_bits(value, cohort)))


def permanent(stream, filter_bits, threshold):
    """One byte of the stream for each bit: the lowest bit is the coin, the others decide whether it counts."""
    result = 0
    for i in range(K):
        bit = stream[i] & 1 if stream[i] >> 1 < threshold else filter_bits >> i & 1
        result |= bit << i
    return result


def python_client(secret, value, client):
    cohort = client % M
    bits = bloom(value, cohort)
    return cohort, permanent(hmac.digest(secret, struct.pack(">I", bits), "sha256"), bits, F * 128)


def cpp_client(secret, value, _):
    cohort = struct.unpack("<I", hmac.digest(secret, b"", "sha256")[:4])[0] & M - 1
    bits = bloom(value, cohort)
    stream = hmac.digest(secret, b"\1metric-name" + struct.pack(">I", bits), "sha256")
    return cohort, permanent(stream, bits, single_precision(F) * 128 // 1)


def single_precision(number):
    return struct.unpack("<f", struct.pack("<f", number))[0]


def instantaneous(bits, source):
    return sum((source.random() < (Q if bits >> i & 1 else P)) << i for i in range(K))


def as_csv(rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def experiment(client, seed):
    source = random.Random(seed)
    names = list(SHARES) + [f"rest {i}" for i in range(200)]
    rest = 1 - sum(SHARES.values())
    weights = list(SHARES.values()) + [rest / 200] * 200
    held = dict.fromkeys(names, 0)
    reports = [["client", "cohort", "bloom", "prr", "irr"]]
    counts = [[0] * (K + 1) for _ in range(M)]
    for number in range(CLIENTS):
        value = source.choices(names, weights)[0]
        held[value] += 1
        cohort, bits = client(f"{seed}-{number}".encode(), value, number)
        sent = instantaneous(bits, source)
        reports.append([number, cohort, "", "", format(sent, f"0{K}b")])
        counts[cohort][0] += 1
        for i in range(K):
            counts[cohort][i + 1] += sent >> i & 1
    truth = [["value", "count"]] + [[value, held.get(value, 0)] for value in CANDIDATES]
    return as_csv(reports), as_csv(counts), as_csv(truth)


def folder():
    files = {"params.csv": PARAMETERS.encode(), "candidates.txt": "".join(c + "\n" for c in CANDIDATES).encode()}
    files["map.csv"] = as_csv(
        [value] + [c * K + bit + 1 for c in range(M) for bit in byte_bits(value, c)] for value in CANDIDATES)
    for name, client, seed in (("python", python_client, 41), ("cpp", cpp_client, 42)):
        files[f"{name}-reports.csv"], files[f"{name}-counts.csv"], files[f"{name}-truth.csv"] = experiment(client, seed)
    return {f"rappor/{name}": content for name, content in files.items()}


def reported(p, q, f):
    return p * (1 - f / 2) + q * f / 2, q * (1 - f / 2) + p * f / 2


def worst_log_ratio(k, h, clear, set_):
    """Over all filters that two values can have, and all reports: the greatest log ratio of their probabilities."""
    filters = [sum(1 << b for b in chosen) for n in range(1, h + 1) for chosen in itertools.combinations(range(k), n)]
    if k == 1:
        filters = [0, 1]

    def probability(bits, report):
        return math.prod(
            (r := set_ if bits >> i & 1 else clear) * (report >> i & 1) + (1 - r) * (1 - (report >> i & 1)) for i in range(k))

    return max(
        math.log(probability(one, report) / probability(other, report))
        for one in filters for other in filters for report in range(1 << k))


def smallest_share(k, h, clear, set_, reports, false_detections):
    """By the squares of a candidate's centred column in one cohort, added bit by bit over all that k and h allow on average."""
    z = statistics.NormalDist().inv_cdf(1 - false_detections) + statistics.NormalDist().inv_cdf(0.8)
    if k == 1:
        return z * math.sqrt(clear * (1 - clear) / reports) / abs(set_ - clear)
    filled = 1 - (1 - 1 / k) ** h
    outcomes = list(itertools.product(range(k), repeat=h))
    squares = sum(sum(((b in bits) - filled) ** 2 for b in range(k)) for bits in outcomes) / len(outcomes)
    mean = clear + (set_ - clear) * filled
    return z * math.sqrt(mean * (1 - mean) / (reports * squares)) / abs(set_ - clear)


def figures():
    rows = []
    for k, h, p, q, f in [
        (4, 1, 0.25, 0.75, 0.5), (4, 2, 0.5, 0.75, 0.5), (5, 2, 0.1, 0.9, 0.25), (3, 2, 0.25, 0.75, 0.5),
        (2, 1, 0.2, 0.6, 0.3), (1, 1, 0.25, 0.75, 0.5), (1, 1, 0.1, 0.6, 0.25), (4, 2, 0.75, 0.25, 0.5),
        (6, 3, 0.35, 0.65, 0.2),
    ]:
        clear, set_ = reported(p, q, f)
        row = {"k": k, "h": h, "m": 4, "p": p, "q": q, "f": f, "clear": clear, "set": set_}
        row["report_loss"] = worst_log_ratio(k, h, clear, set_)
        row["permanent_loss"] = worst_log_ratio(k, h, f / 2, 1 - f / 2)
        row["detection_frequency"] = (
            statistics.NormalDist().inv_cdf(1 - 0.05 / 20) * math.sqrt(clear * (1 - clear) / 10_000) / abs(set_ - clear))
        row["smallest_share"] = smallest_share(k, h, clear, set_, 10_000, 0.05 / 20)
        rows.append(row)
    rounded = [
        {
            "f": f, "python": sum(byte < f * 128 for byte in range(128)) / 128,
            "cpp": int(single_precision(f) * 128) / 128, "java": math.floor(f * 128 + 0.5) / 128,
        }
        for f in (0, 0.001, 0.1, 0.25, 0.3, 0.45, 0.5, 0.75, 0.9, 0.99, 1 / 128, 0.00390625)
    ]
    return {"figures": rows, "rounded": rounded, "truth_values": [truth_value(*case) for case in TRUTH_CASES]}


TRUTH_CASES = [
    # Reports and set bits of each cohort, then p, q and f.
    ([200, 0, 100], [120, 0, 55], "1/4", "3/4", "1/2"), ([400], [90], "1/10", "9/10", "1/4"),
    ([150, 150], [70, 80], "3/4", "1/4", "1/4"), ([40], [40], "1/4", "3/4", "1/2"), ([40], [0], "1/4", "3/4", "1/2"),
]


def truth_value(sizes, counts, *probabilities):
    p, q, f = map(Fraction, probabilities)
    clear, set_ = p * (1 - f / 2) + q * f / 2, q * (1 - f / 2) + p * f / 2
    n, v = sum(sizes), sum(counts)
    share = (Fraction(v, n) - clear) / (set_ - clear)
    within = min(max(share, 0), 1)
    mean = clear + (set_ - clear) * within

    def tail(probability, upwards):
        chosen = range(v, n + 1) if upwards else range(0, v + 1)
        return float(sum(math.comb(n, i) * probability**i * (1 - probability) ** (n - i) for i in chosen))

    return {
        "sizes": sizes, "counts": counts, "p": float(p), "q": float(q), "f": float(f), "share": float(share),
        "standard_error": math.sqrt(mean * (1 - mean) / n) / abs(float(set_ - clear)),
        "p_true": tail(clear, set_ > clear), "p_false": tail(set_, set_ < clear),
    }


def check_against_reference():
    """The rules of the filters and permanent responses used here are those of the clients' own vectors."""
    vectors = reference_vectors()
    for row in vectors["bloom_byte"]["rows"]:
        assert [digest(row["word"], row["cohort"])[j] % row["k"] for j in range(row["h"])] == row["bits"], row


if __name__ == "__main__":
    check_against_reference()
    fixture_files.main(
        folder() | {"vectors/rappor_parameters.json": fixture_files.as_json(figures())},
        owned_folders=["rappor"])
