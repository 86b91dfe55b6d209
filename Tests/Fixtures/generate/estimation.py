#!/usr/bin/env python3
"""Quantiles and tails that estimates rest on, computed a second time and independently of analysis/.

    estimation.py            writes estimation/*.json
    estimation.py --check    compares them with a fresh computation; exits 1 where they differ

Decimal arithmetic of 60 digits; nothing to install. Probabilities are taken as the doubles they are read as.

    normal_quantiles    z with P[-z <= Z <= z] = probability
    binomial_tails      P[Bin(trials, probability) >= count]; the binomial coefficient is an exact integer
"""

import math
from decimal import Decimal, getcontext, localcontext

import fixture_files

getcontext().prec = 60
getcontext().Emax = 10**12
getcontext().Emin = -(10**12)


def pi():
    """Machin: pi = 16 arctan(1/5) - 4 arctan(1/239)."""
    def arctan_of_inverse(n):
        total, power, index = Decimal(0), Decimal(1) / n, 0
        while abs(power) > Decimal(10) ** -70:
            total += power / (2 * index + 1) * (-1) ** index
            power /= n * n
            index += 1
        return total
    return 16 * arctan_of_inverse(5) - 4 * arctan_of_inverse(239)


PI = pi()


def central_probability(z):
    """erf(z / sqrt 2) by its series with positive terms, 2/sqrt(pi) e^(-x^2) sum 2^n x^(2n+1) / (1*3*...*(2n+1))."""
    with localcontext() as context:
        context.prec = 90
        x = z / Decimal(2).sqrt()
        term, total, index = x, x, 0
        while term > total * Decimal(10) ** -85:
            index += 1
            term *= 2 * x * x / (2 * index + 1)
            total += term
        return 2 / PI.sqrt() * (-x * x).exp() * total


def normal_quantile(probability):
    low, high = Decimal(0), Decimal(10)
    for _ in range(90):
        middle = (low + high) / 2
        if central_probability(middle) < Decimal(probability):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def binomial_tail(trials, probability, count):
    """The upper tail, by its own terms or as the complement of the lower one, whichever has fewer."""
    p = Decimal(probability)

    def density(k):
        return Decimal(math.comb(trials, k)) * p**k * (1 - p) ** (trials - k)

    def total(k, step):
        term, total = density(k), Decimal(0)
        while term > total * Decimal(10) ** -40 and 0 <= k <= trials:
            total += term
            if step > 0:
                term *= Decimal(trials - k) / (k + 1) * p / (1 - p)
            else:
                term *= Decimal(k) / (trials - k + 1) * (1 - p) / p
            k += step
        return total

    if count <= 0:
        return Decimal(1)
    return total(count, 1) if count > trials * p else 1 - total(count - 1, -1)


QUANTILES = [1e-9, 0.01, 0.25, 0.499, 0.5, 0.501, 0.8, 0.9, 0.95, 0.99, 0.999, 0.999999, 1 - 1e-12, 1 - 2**-53]

TAILS = [
    (1, 0.25, 0), (1, 0.25, 1), (2, 0.25, 2), (10, 1.1253516205509499e-07, 1), (10, 0.2689414213699951, 3),
    (10, 0.2689414213699951, 10), (15, 0.5, 8), (16, 0.5, 8), (17, 0.9, 12), (100, 0.01, 5), (100, 0.01, 20),
    (1000, 0.2689414213699951, 268), (1000, 0.2689414213699951, 269), (1000, 0.2689414213699951, 270),
    (1000, 0.2689414213699951, 350), (1000, 0.2689414213699951, 600), (1000, 0.2689414213699951, 1000),
    (1000, 0.49975000002083336, 580), (5000, 0.003, 15), (5000, 0.003, 90), (336_776, 0.2689414213699951, 90_000),
    (336_776, 0.2689414213699951, 90_573), (336_776, 0.2689414213699951, 91_500),
    (336_776, 0.2689414213699951, 95_000), (336_776, 1.1253516205509499e-07, 4), (1_000_000, 0.0625, 62_400),
    (1_000_000, 0.0625, 64_000), (1_000_000_000, 1e-07, 150), (1_000_000_000, 1e-07, 90),
]


def main():
    quantiles = [
        {"probability": repr(p), "quantile": f"{normal_quantile(p):.20e}"} for p in QUANTILES
    ]
    tails = [
        {"trials": n, "probability": repr(p), "count": c, "upper_tail": f"{binomial_tail(n, p, c):.20e}"}
        for n, p, c in TAILS
    ]
    fixture_files.main(
        {
            "estimation/normal_quantiles.json": fixture_files.as_json(quantiles),
            "estimation/binomial_tails.json": fixture_files.as_json(tails),
        },
        owned_folders=["estimation"])


if __name__ == "__main__":
    main()
