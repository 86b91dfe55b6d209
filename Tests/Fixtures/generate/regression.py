#!/usr/bin/env python3
"""The regression test families and small decodings by other methods, independently of analysis/.

    regression.py            writes regression/families.json and regression/baselines.json
    regression.py --check    compares them with a fresh computation; exits 1 where they differ

Non-negative fits and lassos are found by trying every set of candidates for the one whose solution satisfies the
conditions of Karush, Kuhn and Tucker; the binomial likelihood is maximised by the EM algorithm for the mixture of bits.
Numbers are rounded to ten significant digits.
"""

import hashlib
import itertools
import math

import fixture_files


def drawn(name, bound):
    return int.from_bytes(hashlib.sha256(f"dither/fixtures/regression/{name}".encode()).digest()[:8], "big") % bound


def rounded(number):
    return float(f"{number:.10g}")


# Families.

SHAPES = {
    "unif": lambda x, n: 1.0,
    "gauss": lambda x, n: math.exp(-0.5 * ((x - n // 2) * 6 / n) ** 2),
    "exp": lambda x, n: math.exp(-5 * x / n),
    "zipf1": lambda x, n: 1 / x,
    "zipf1.5": lambda x, n: x**-1.5,
    "exp.2": lambda x, n: math.exp(-0.2 * x),
    "gauss10": lambda x, n: math.exp(-0.5 * ((x - 50) / 10) ** 2),
}


def family(name, shape, k, h, m, p, q, f, extra, removes, reports, values=100, drop=0):
    weights = [SHAPES[shape](x, values) for x in range(1, values + 1)]
    total = sum(weights)
    heaviest = sorted(range(values), key=lambda i: (-weights[i], i))[:drop]
    kept = [i for i in range(values) if not (removes and (i + 1) % 10 == 9) and i not in heaviest]
    return {
        "name": name, "bits": k, "hashes": h, "cohorts": m, "p": p, "q": q, "f": f, "reports": reports,
        "values": values, "candidates": len(kept) + extra, "first": kept[0], "last": kept[-1],
        "firstShare": rounded(weights[0] / total), "lastShare": rounded(weights[-1] / total)}


def families():
    demo, regtest = (32, 1, 64, 0.25, 0.75, 0.5), (8, 2, 128, 0.39, 0.61, 0.45)
    deployed = lambda cohorts: (128, 2, cohorts, 0.5, 0.75, 0.5)
    million = 1_000_000
    for shape in ("unif", "gauss", "exp", "zipf1", "zipf1.5"):
        yield family(f"demo_{shape}_1M", shape, *demo, 100, True, million)
        yield family(f"demo_{shape}_100k", shape, *demo, 100, True, 100_000)
        yield family(f"demo_{shape}_1M_drop2", shape, *demo, 100, True, million, drop=2)
        yield family(f"sharp_{shape}_1M", shape, *regtest, 0, False, million)
        yield family(f"loose_{shape}_1M", shape, 8, 2, 128, 0.225, 0.775, 0.0, 20, True, million)
        yield family(f"tiny_{shape}", shape, *regtest, 20, True, 1000)
        yield family(f"overx2_{shape}_1M", shape, *regtest, 200, True, million)
        for suffix, drop in (("", 0), ("_drop2", 2)):
            yield family(f"typ_{shape}_1M{suffix}", shape, *regtest, 20, True, million, drop=drop)
            yield family(f"overx10_{shape}_1M{suffix}", shape, *regtest, 1000, True, million, drop=drop)
            yield family(f"big_{shape}_1M{suffix}", shape, *deployed(64), 1000, True, million, drop=drop)
    yield family("p1_exp_700k", "exp.2", 16, 2, 64, 0.5, 0.75, 0.5, 10, False, 700_000, values=50)
    for suffix, reports in (("1M", million), ("100k", 100_000)):
        yield family(f"p2_exp_{suffix}", "exp", *deployed(16), 100, False, reports)
    for suffix, reports in (("1M", million), ("100k", 100_000), ("10k", 10_000)):
        yield family(f"p5_gauss10_{suffix}", "gauss10", *deployed(16), 0, False, reports)
    yield family("chrome_zipf1_1M", "zipf1", 32, 2, 128, 0.25, 0.75, 0.5, 100, False, million)
    for suffix, drop in (("", 0), ("_drop2", 2)):
        yield family(f"win_zipf1_m8{suffix}", "zipf1", *deployed(8), 500, True, million, drop=drop)
    yield family("home_8616", "zipf1.5", 128, 2, 32, 0.5, 0.75, 0.75, 8000, True, 14_000_000, values=685)
    yield family("dictionary_100k", "zipf1", *deployed(64), 99_900, False, million)


# Decodings.

def solved(matrix, right):
    """Gauss's elimination; also the diagonal of the inverse."""
    size = len(matrix)
    rows = [list(row) + [right[i]] + [float(i == j) for j in range(size)] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda j: abs(rows[j][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [entry / rows[i][i] for entry in rows[i]]
        for j in range(size):
            if j != i:
                factor = rows[j][i]
                rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i])]
    return [row[size] for row in rows], [rows[i][size + 1 + i] for i in range(size)]


def supports(size):
    return itertools.chain.from_iterable(itertools.combinations(range(size), n) for n in range(size + 1))


def penalised(design, targets, weights, penalties, intercept=False):
    """The non-negative coefficients, by trying every support; an intercept centres everything."""
    size, total = len(design[0]), sum(weights)
    mean = lambda column: sum(w * x for w, x in zip(weights, column)) / total if intercept else 0.0
    columns = [[row[j] for row in design] for j in range(size)]
    columns = [[x - mean(column) for x in column] for column in columns]
    centred = [y - mean(targets) for y in targets]
    inner = lambda left, right: sum(w * a * b for w, a, b in zip(weights, left, right))
    gram = [[inner(a, b) for b in columns] for a in columns]
    moments = [inner(a, centred) for a in columns]
    for support in supports(size):
        values, variances = [], []
        if support:
            values, variances = solved(
                [[gram[i][j] for j in support] for i in support], [moments[i] - penalties[i] for i in support])
        fit = [0.0] * size
        for i, value in zip(support, values):
            fit[i] = value
        slopes = [moments[i] - penalties[i] - sum(gram[i][j] * fit[j] for j in range(size)) for i in range(size)]
        if min(values, default=1) > 0 and all(slopes[i] <= 1e-9 for i in range(size) if i not in support):
            return fit, support, variances, gram, moments
    raise ArithmeticError("no support satisfies the conditions")


def tail(z):
    return math.erfc(z / math.sqrt(2)) / 2


def bonferroni(scores, size):
    return [rounded(scores[i][0]) if i in scores and size * tail(scores[i][0] / scores[i][1]) <= 0.05 else None
            for i in range(size)]


def discovery(scores, size):
    p = {i: tail(fit / error) for i, (fit, error) in scores.items()}
    order = sorted(p, key=lambda i: p[i])
    last = max((rank for rank, i in enumerate(order, 1) if p[i] * size <= 0.05 * rank), default=0)
    return [rounded(scores[i][0]) if i in order[:last] else None for i in range(size)]


def likelihood(design, counts, sizes, clear, gap):
    """EM for bits of a mixture: each report has one of the candidates, or none of their bits."""
    size, total = len(design[0]), sum(sizes)
    fit = [1 / (size + 1)] * (size + 1)
    chance = [[clear + gap * row[j] for j in range(size)] + [clear] for row in design]
    for _ in range(40_000):
        last, gains = fit, [0.0] * (size + 1)
        for row, set_count, count in zip(chance, counts, sizes):
            mixed = sum(b * r for b, r in zip(fit, row))
            for j, r in enumerate(row):
                gains[j] += set_count * r / mixed + (count - set_count) * (1 - r) / (1 - mixed)
        fit = [b * gain / total for b, gain in zip(fit, gains)]
        # The sum is 1 but for rounding, whose errors would grow.
        fit = [b / sum(fit) for b in fit]
        if max(abs(a - b) for a, b in zip(fit, last)) < 1e-13:
            break
    return fit[:size]


def case(name, bits, cohorts, size, reports):
    clear, gap = 0.125, 0.75
    rows = bits * cohorts
    lists = [[bits * c + drawn(f"{name}/filter/{j}/{c}", bits) for c in range(cohorts)] for j in range(size + 1)]
    design = [[float(i in lists[j]) for j in range(size)] for i in range(rows)]
    # The last text is no candidate, and candidates of an odd number do not occur.
    shares = [(0.3 / (1 + j) if j % 2 == 0 else 0.0) for j in range(size)] + [0.1]
    sizes = [reports - drawn(f"{name}/size/{c}", reports // 4) for c in range(cohorts)]
    row_sizes = [sizes[i // bits] for i in range(rows)]
    counts = []
    for i, count in enumerate(row_sizes):
        share = sum(s for s, own in zip(shares, lists) if i in own)
        mean = count * (clear + gap * share)
        spread = int(math.sqrt(mean))
        counts.append(int(mean) - spread + drawn(f"{name}/count/{i}", 2 * spread + 1))
    targets = [(t / n - clear) / gap for t, n in zip(counts, row_sizes)]

    def weights(fitted):
        chances = [clear + gap * min(max(x, 0), 1) for x in fitted]
        return [gap * gap * n / (r * (1 - r)) for r, n in zip(chances, row_sizes)]

    fitted = lambda fit: [sum(x * b for x, b in zip(row, fit)) for row in design]
    none = [0.0] * size
    first = weights([1 / bits] * rows)
    final = weights(fitted(penalised(design, targets, first, none)[0]))
    fit, support, variances, gram, moments = penalised(design, targets, final, none)
    scores = {i: (fit[i], math.sqrt(v)) for i, v in zip(support, variances)}
    free, free_variances = solved(gram, moments)
    total = sum(final)
    own = [sum(w for w, row in zip(final, design) if row[j]) for j in range(size)]
    penalties = [math.sqrt(2 * math.log(size)) * math.sqrt(w - w * w / total) for w in own]
    _, chosen, _, centred, centred_moments = penalised(design, targets, final, penalties, intercept=True)
    lasso, lasso_variances = solved(
        [[centred[i][j] for j in chosen] for i in chosen], [centred_moments[i] for i in chosen])
    ml = likelihood(design, counts, row_sizes, clear, gap)
    ml_fit = {i: b for i, b in enumerate(ml) if b > 1e-9}
    ml_weights = weights(fitted(ml))
    _, ml_variances = solved(
        [[sum(w * r[i] * r[j] for w, r in zip(ml_weights, design)) for j in ml_fit] for i in ml_fit],
        [0.0] * len(ml_fit))
    ml_errors = dict(zip(ml_fit, map(math.sqrt, ml_variances)))
    return {
        "bits": bits, "cohorts": cohorts, "clear": clear, "set": clear + gap, "sizes": sizes, "counts": counts,
        "candidates": lists[:size],
        "found": {
            "nnls_bonferroni": bonferroni(scores, size),
            "nnls_fdr": discovery(scores, size),
            "wls_bonferroni": bonferroni(
                {i: (b, math.sqrt(v)) for i, (b, v) in enumerate(zip(free, free_variances))}, size),
            "lasso_bonferroni": bonferroni(
                {i: (b, math.sqrt(v)) for i, b, v in zip(chosen, lasso, lasso_variances)}, size),
            "binomial_ml": discovery({i: (ml_fit[i], ml_errors[i]) for i in ml_fit}, size),
        }}


if __name__ == "__main__":
    fixture_files.main({
        "regression/families.json": fixture_files.as_json(list(families())),
        "regression/baselines.json": fixture_files.as_json([
            case("small", 4, 6, 6, 4000), case("noisy", 6, 5, 7, 120), case("large", 8, 4, 7, 20_000)]),
    }, owned_folders=["regression"])
