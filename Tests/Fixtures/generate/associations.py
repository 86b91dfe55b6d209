#!/usr/bin/env python3
"""Joint distributions of two variables and tests of their independence, independently of analysis/.

    associations.py            writes vectors/associations.json
    associations.py --check    compares it with a fresh computation; exits 1 where it differs

Tables of likelihoods and counts of pairs of reports are drawn from SHA-256. The distribution of greatest likelihood is
found by plain expectation maximisation on the uncompressed cells until nothing moves. Standard errors are of the inverse
of the information of the cells with mass, bordered by the constraint that shares add up to 1, or, where that gives larger
ones, of these and of the cells without mass whose slope is within z of its error. The bound of a cell without
mass is where the quadratic profile, solved for under the same constraint, falls by z^2/2. The test of independence sums
reports one by one; tails of chi-square are sums of Poisson probabilities, and with odd degrees of freedom a normal tail
before them. Numbers are rounded to nine significant digits.
"""

import hashlib
import math

import fixture_files

Z = 1.959963984540054


def drawn(name):
    return int.from_bytes(hashlib.sha256(f"dither/fixtures/associations/{name}".encode()).digest()[:8], "big") / 2**64


def solve(matrix, right):
    rows = [list(row) + [value] for row, value in zip(matrix, right)]
    size = len(rows)
    for i in range(size):
        pivot = max(range(i, size), key=lambda j: abs(rows[j][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for j in range(size):
            if j != i:
                factor = rows[j][i] / rows[i][i]
                rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i])]
    return [row[-1] / row[i] for i, row in enumerate(rows)]


def fit(cells, counts, size, steps=400_000):
    masses = [1 / size] * size
    total = sum(counts)
    for _ in range(steps):
        gradient = [0.0] * size
        for cell, count in zip(cells, counts):
            likelihood = sum(map(lambda a, b: a * b, cell, masses))
            for j in range(size):
                gradient[j] += count * cell[j] / likelihood / total
        moved = max(abs(m * (g - 1)) for m, g in zip(masses, gradient))
        masses = [m * g for m, g in zip(masses, gradient)]
        if moved < 1e-15:
            break
    return masses, gradient


def information(cells, counts, masses):
    size = len(masses)
    result = [[0.0] * size for _ in range(size)]
    for cell, count in zip(cells, counts):
        likelihood = sum(a * b for a, b in zip(cell, masses))
        for i in range(size):
            for j in range(size):
                result[i][j] += count * cell[i] * cell[j] / likelihood**2
    return result


def tail(x, degrees):
    half = x / 2
    if degrees % 2:
        sum_, term = math.erfc(math.sqrt(half)), math.exp(-half) * math.sqrt(half) / math.gamma(1.5)
        for i in range((degrees - 1) // 2):
            sum_ += term
            term *= half / (i + 1.5)
        return sum_
    return math.exp(-half) * math.fsum(half**i / math.factorial(i) for i in range(degrees // 2))


def independence(first, second, reports, alpha, beta):
    def scores(table, marginal):
        return [[value / sum(a * b for a, b in zip(row, marginal)) for value in row[1:]] for row in table]

    u, w = scores(first, alpha), scores(second, beta)
    width = len(w[0])
    size = len(u[0]) * width
    score, covariance = [0.0] * size, [[0.0] * size for _ in range(size)]
    for cohort in sorted({c for c, _, _ in reports}):
        members = [(u[i], w[j]) for c, i, j in reports if c == cohort]
        n = len(members)
        left = [[value - sum(m[0][a] for m in members) / n for a, value in enumerate(one)] for one, _ in members]
        right = [[value - sum(m[1][b] for m in members) / n for b, value in enumerate(other)] for _, other in members]
        for one, other in zip(left, right):
            for a, x in enumerate(one):
                for b, y in enumerate(other):
                    score[a * width + b] += x * y
        for i in range(size):
            for j in range(size):
                covariance[i][j] += (
                    sum(x[i // width] * x[j // width] for x in left)
                    * sum(y[i % width] * y[j % width] for y in right) / (n - 1))
    return sum(a * b for a, b in zip(score, solve(covariance, score))), size


def rounded(number):
    return float(f"{number:.9g}")


def channel(name, values, kinds, sharpness):
    """P(kind | value): most on the kind of the value's own number."""
    rows = [[(sharpness if kind % values == value else 1) + drawn(f"{name}/{kind}/{value}") for value in range(values)]
            for kind in range(kinds)]
    sums = [sum(row[value] for row in rows) for value in range(values)]
    return [[entry / total for entry, total in zip(row, sums)] for row in rows]


def case(name, values, kinds, cohorts, sharpness, truth, total):
    first, second = (channel(f"{name}/{side}", values[side], kinds[side], sharpness) for side in range(2))
    reports = []
    for cohort in range(cohorts):
        for i in range(kinds[0]):
            for j in range(kinds[1]):
                expected = total / cohorts * sum(
                    truth[a * values[1] + b] * first[i][a] * second[j][b]
                    for a in range(values[0]) for b in range(values[1]))
                reports += [(cohort, i, j)] * round(expected * (0.9 + 0.2 * drawn(f"{name}/count/{cohort}/{i}/{j}")))
    pairs = sorted({(i, j) for _, i, j in reports})
    counts = [sum(1 for _, i, j in reports if (i, j) == pair) for pair in pairs]
    cells = [[a * b for a in first[i] for b in second[j]] for i, j in pairs]
    size = values[0] * values[1]
    masses, gradient = fit(cells, counts, size)
    active = [j for j in range(size) if masses[j] > 1e-6]
    full = information(cells, counts, masses)

    def constrained(members, j):
        bordered = [[full[a][b] for b in members] + [1.0] for a in members] + [[1.0] * len(members) + [0.0]]
        return solve(bordered, [float(a == j) for a in members] + [0.0])[members.index(j)]

    slopes = [sum(counts) * max(0.0, 1 - gradient[j]) if j not in active else 0.0 for j in range(size)]
    alone = [constrained(sorted(set(active) | {j}), j) for j in range(size)]
    possible = [j for j in range(size) if j in active or slopes[j] ** 2 < Z**2 / alone[j]]
    errors, bounds = [], []
    for j in range(size):
        variance = max(alone[j], constrained(possible, j)) if j in active else alone[j]
        errors.append(math.sqrt(variance))
        slope = slopes[j]
        if j in active:
            bounds.append([max(0.0, masses[j] - Z * errors[j]), min(1.0, masses[j] + Z * errors[j])])
        else:
            low, high = 0.0, 1.0
            for _ in range(200):
                middle = (low + high) / 2
                if slope * middle + middle**2 / variance / 2 < Z**2 / 2:
                    low = middle
                else:
                    high = middle
            bounds.append([0.0, low])
    alpha, _ = fit(first, [sum(1 for _, i, _ in reports if i == kind) for kind in range(kinds[0])], values[0])
    beta, _ = fit(second, [sum(1 for _, _, j in reports if j == kind) for kind in range(kinds[1])], values[1])
    statistic, degrees = independence(first, second, reports, alpha, beta)
    return {
        "name": name,
        "first": [[math.log(x) - 2000 for x in row] for row in first],
        "second": [[math.log(x) for x in row] for row in second],
        "reports": [list(report) for report in reports],
        "frequencies": [rounded(m) if j in active else 0.0 for j, m in enumerate(masses)],
        "standard_errors": [rounded(e) for e in errors],
        "intervals": [[rounded(low), rounded(high)] for low, high in bounds],
        "statistic": rounded(statistic), "degrees_of_freedom": degrees, "p_value": rounded(tail(statistic, degrees)),
    }


TAILS = [(0.1, 1), (3.84, 1), (30.0, 1), (0.5, 2), (9.0, 3), (2.0, 5), (40.0, 7), (5.0, 12), (12.0, 12), (60.0, 12), (95.0, 99)]

CASES = [
    case("both of two values", (2, 2), (2, 2), 1, 4, (0.4, 0.1, 0.2, 0.3), 120),
    case("interior", (3, 2), (3, 3), 1, 8, (0.2, 0.1, 0.2, 0.15, 0.15, 0.2), 300),
    case("at the border", (3, 3), (5, 4), 1, 6, (0.5, 0, 0, 0, 0.3, 0, 0, 0.2, 0), 200),
    case("in cohorts", (4, 2), (6, 3), 3, 6, (0.2, 0.1, 0.1, 0, 0.1, 0.2, 0, 0.3), 300),
]

fixture_files.main({
    "vectors/associations.json": fixture_files.as_json({
        "cases": CASES,
        "tails": [{"statistic": x, "degrees_of_freedom": d, "probability": rounded(tail(x, d))} for x, d in TAILS],
    })
})
