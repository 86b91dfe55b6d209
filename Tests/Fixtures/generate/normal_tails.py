#!/usr/bin/env python3
"""Upper tails of the standard normal distribution, and z with given tails, in decimals of 60 digits.

    normal_tails.py            writes filters/normal_tails.json
    normal_tails.py --check    compares it with a fresh computation; exits 1 where it differs

Near zero the tail is one half less a power series, beyond 5 a continued fraction from 3,000 terms backwards; z by
bisection.
"""

from decimal import Decimal, getcontext

import fixture_files

getcontext().prec = 60
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
ROOT = (2 * PI).sqrt()


def log_tail(z):
    if z > 5:
        rest = z
        for n in range(3000, 0, -1):
            rest = z + n / rest
        return -z * z / 2 - (ROOT * rest).ln()
    total = term = z
    n = 0
    while abs(term) > Decimal("1e-58") * abs(total):
        n += 1
        term *= -z * z / (2 * n)
        total += term / (2 * n + 1)
        if not z:
            break
    return (Decimal("0.5") - total / ROOT).ln()


def quantile(tail):
    target, low, high = tail.ln(), Decimal(-10), Decimal(60)
    for _ in range(75):
        middle = (low + high) / 2
        low, high = (middle, high) if log_tail(middle) > target else (low, middle)
    return low


PLACES = "-6 -3 -1 0 0.5 1 2 4.9 5.1 8 12 20 29.9 30.1 38 60 1000".split()
TAILS = "0.999 0.6 0.5 0.25 0.05 1e-3 1e-9 1e-20 4e-41 6e-41 1e-88 1e-150 1e-300".split()

if __name__ == "__main__":
    fixture_files.main({"filters/normal_tails.json": fixture_files.as_json({
        "logTails": [{"z": z, "logTail": f"{log_tail(Decimal(z)):.20e}"} for z in PLACES],
        "quantiles": [{"tail": tail, "z": f"{quantile(Decimal(tail)):.20e}"} for tail in TAILS]})})
