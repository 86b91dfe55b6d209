#!/usr/bin/env python3
"""Shares of candidates from counts of noisy Bloom filters, independently of analysis/ and without a library.

    rappor_decoder.py            writes filters/decoding.json
    rappor_decoder.py --check    compares it with a fresh computation; exits 1 where it differs

Message passing over the dense centred matrix, the prior and the background by plain normal densities over the whole of
their grids, the refinement by Gauss-Jordan, intervals by bisection. The counts are simulated report by report and bit by bit.
Outcomes are kept to ten digits, which no rounding along the way reaches.
"""

import hashlib
import json
import math
import random
import statistics

import fixture_files

GRID = [step / 4 for step in range(33)]


def tail(z):
    return math.erfc(z / math.sqrt(2)) / 2


def log_tail(z):
    if z < 20:
        return math.log(tail(z))
    series = term = 1.0
    for n in range(1, 30):
        term *= -(2 * n - 1) / (z * z)
        series += term
    return -z * z / 2 - math.log(z * math.sqrt(2 * math.pi)) + math.log(series)


def bisect(function, low, high):
    """Where a falling function is zero."""
    for _ in range(200):
        middle = (low + high) / 2
        if function(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def quantile(probability):
    return bisect(lambda z: tail(z) - probability, -40, 40)


def inverse(matrix):
    size = len(matrix)
    rows = [list(row) + [float(i == j) for j in range(size)] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda j: abs(rows[j][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        head = rows[i][i]
        rows[i] = [entry / head for entry in rows[i]]
        for j in range(size):
            if j != i and rows[j][i]:
                factor = rows[j][i]
                rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i])]
    return [row[size:] for row in rows]


class Prior:
    def __init__(self):
        self.mass = [0.5] + [0.5 / 32] * 32
        self.unit = 1.0

    @staticmethod
    def doubt(estimate, variance):
        return min(1.0, max(0.0, 6.5 - estimate / math.sqrt(variance)))

    def responsibilities(self, estimate, variance):
        weights = [
            mass * math.exp(-(estimate - place * self.unit) ** 2 / (2 * variance) + min(
                (estimate - other * self.unit) ** 2 for other in GRID) / (2 * variance))
            for mass, place in zip(self.mass, GRID)]
        total = sum(weights)
        return [weight / total for weight in weights]

    def learn(self, estimates, variances):
        doubts = [self.doubt(r, v) for r, v in zip(estimates, variances)]
        sums = [0.0] * len(GRID)
        for estimate, variance, doubt in zip(estimates, variances, doubts):
            if doubt > 0:
                for index, weight in enumerate(self.responsibilities(estimate, variance)):
                    sums[index] += doubt * weight
        if sum(doubts) > 0:
            raised = [max(entry / sum(doubts), 1e-6) for entry in sums]
            self.mass = [entry / sum(raised) for entry in raised]

    def posterior(self, estimate, variance):
        doubt = self.doubt(estimate, variance)
        if doubt == 0:
            return estimate, variance
        weights = self.responsibilities(estimate, variance)
        mean = sum(w * place for w, place in zip(weights, GRID))
        spread = sum(w * (place - mean) ** 2 for w, place in zip(weights, GRID))
        unit = self.unit
        return (
            doubt * unit * mean + (1 - doubt) * estimate,
            doubt * max(unit * unit * spread, 1e-4 * unit * unit) + (1 - doubt) * variance)


class Background:
    def __init__(self, residuals, variances):
        deviation = math.sqrt(statistics.median(variances))
        low, high = -2.5 * deviation, max(2.5 * deviation, max(residuals) + 0.5 * deviation)
        count = min(160, math.ceil((high - low) / (0.3 * deviation)))
        self.places = [low + (high - low) * index / (count - 1) for index in range(count)]
        mass = [math.exp(-0.5 * (place / (0.5 * deviation)) ** 2) + 1e-3 for place in self.places]
        self.mass = [entry / sum(mass) for entry in mass]

    def run(self, residuals, variances, steps):
        """Scores, their information, and their dispersion, after so many steps of learning."""
        likelihoods = []
        for residual, variance in zip(residuals, variances):
            squares = [(residual - place) ** 2 / (2 * variance) for place in self.places]
            least = min(squares)
            likelihoods.append([math.exp(least - square) for square in squares])
        for _ in range(steps):
            sums = [0.0] * len(self.places)
            for row in likelihoods:
                weights = [a * b for a, b in zip(row, self.mass)]
                total = sum(weights)
                sums = [entry + weight / total for entry, weight in zip(sums, weights)]
            raised = [max(entry / len(residuals), 1e-9) for entry in sums]
            self.mass = [entry / sum(raised) for entry in raised]
        scores, kept, energy = [], 0.0, 0.0
        for residual, variance, row in zip(residuals, variances, likelihoods):
            weights = [a * b for a, b in zip(row, self.mass)]
            total = sum(weights)
            mean = sum(w * place for w, place in zip(weights, self.places)) / total
            spread = sum(w * (place - mean) ** 2 for w, place in zip(weights, self.places)) / total
            scores.append((residual - mean) / variance)
            kept += 1 - spread / variance
            energy += scores[-1] ** 2 * variance
        kept = min(max(kept / len(residuals), 0.02), 1.0)
        return scores, kept, energy / len(residuals) / kept


def normal_excess(residuals, variances):
    over = sum((r * r - t) / t ** 2 for r, t in zip(residuals, variances))
    return max(0.0, over / sum(1 / t ** 2 for t in variances))


class Problem:
    def __init__(self, content):
        bits, hashes, sizes = content["bitCount"], content["hashCount"], content["cohortSizes"]
        clear, gap = content["clear"], content["set"] - content["clear"]
        self.clear, self.gap = clear, gap
        self.center = 1 - (1 - 1 / bits) ** hashes
        rows = [row for row in range(bits * len(sizes)) if sizes[row // bits] > 0]
        self.reports = [sizes[row // bits] for row in rows]
        self.deviations = [
            (content["setCounts"][row] - clear * size) / (gap * size) - self.center
            for row, size in zip(rows, self.reports)]
        place = {row: index for index, row in enumerate(rows)}
        columns = []
        for candidate in content["rows"]:
            column = [-self.center] * len(rows)
            for row in candidate:
                if row in place:
                    column[place[row]] = 1 - self.center
            columns.append(column)
        self.columns = columns

    def variance(self, theta, size):
        reported = self.clear + self.gap * min(max(theta, 0.0), 1.0)
        return max(reported * (1 - reported), 0.25 / size) / (self.gap ** 2 * size)

    def variances(self, fitted):
        return [self.variance(self.center + f, size) for f, size in zip(fitted, self.reports)]

    def explained(self, shares):
        fitted = [0.0] * len(self.reports)
        for share, column in zip(shares, self.columns):
            fitted = [f + share * z for f, z in zip(fitted, column)]
        return fitted

    def spread(self, variances):
        spread = [0.0] * len(self.reports)
        for variance, column in zip(variances, self.columns):
            spread = [t + variance * z * z for t, z in zip(spread, column)]
        return spread


def pass_messages(problem):
    count, row_count = len(problem.columns), len(problem.reports)
    noise = problem.variances([0.0] * row_count)
    over = sum(y * y - v for y, v in zip(problem.deviations, noise)) / row_count
    start = max(1e-12, over / (count * problem.center * (1 - problem.center)))
    state = dict(mu=[0.0] * count, vp=[start] * count, s=[0.0] * row_count, prior=Prior(), robust=False, dispersion=1.0)
    before, is_open, background, age = None, True, None, 0
    for iteration in range(80):
        fitted, share = problem.explained(state["mu"]), problem.spread(state["vp"])
        prediction = [f - t * s for f, t, s in zip(fitted, share, state["s"])]
        residuals = [y - p for y, p in zip(problem.deviations, prediction)]
        total = [v + t for v, t in zip(noise, share)]
        if state["robust"]:
            is_fresh = age % 15 == 0
            if is_fresh:
                background = Background(residuals, total)
            scores, kept, state["dispersion"] = background.run(residuals, total, 25 if is_fresh else 2)
            age += 1
            information = [kept / t for t in total]
        else:
            extra = normal_excess(residuals, total)
            scores = [r / (t + extra) for r, t in zip(residuals, total)]
            information = [1 / (t + extra) for t in total]
        variances = [1 / sum(z * z * i for z, i in zip(column, information)) for column in problem.columns]
        estimates = [
            mean + v * sum(z * s for z, s in zip(column, scores))
            for mean, v, column in zip(state["mu"], variances, problem.columns)]
        prior = state["prior"]
        prior.unit = math.sqrt(statistics.median(variances))
        for _ in range(25 if iteration == 0 else 2):
            prior.learn(estimates, variances)
        posteriors = [prior.posterior(r, v) for r, v in zip(estimates, variances)]
        damping = 1.0 if iteration == 0 else 0.6
        state["mu"] = [m + damping * (post[0] - m) for m, post in zip(state["mu"], posteriors)]
        state["vp"] = [v + damping * (post[1] - v) for v, post in zip(state["vp"], posteriors)]
        if iteration > 3:
            noise = problem.variances(fitted)
        state.update(
            s=scores, information=information, share=share, prediction=prediction, estimates=estimates,
            variances=variances, posteriors=posteriors, noise=noise, iterations=iteration + 1)
        standardised = [r / math.sqrt(v) for r, v in zip(estimates, variances)]
        settled = before is not None and max(abs(a - b) for a, b in zip(standardised, before)) <= 0.02
        before = standardised
        if is_open and ((iteration >= 15 and settled) or iteration == 30):
            is_open = False
            total = [v + t for v, t in zip(noise, share)]
            background = Background(residuals, total)
            _, kept, _ = background.run(residuals, total, 60)
            typical = statistics.median(total)
            if kept / typical > 1.05 / (typical + normal_excess(residuals, total)):
                state["robust"], age = True, 1
                continue
        if settled and (iteration >= 40 or (iteration >= 20 and not is_open and not state["robust"])):
            break
    return state


def refine(problem, state):
    """Replaces the estimates of candidates above one standard error by a regression on these."""
    scale = state["prior"].unit
    chosen = [
        j for j, (r, v) in enumerate(zip(state["estimates"], state["variances"])) if r / math.sqrt(v) > 1]
    if not chosen or len(chosen) >= 0.7 * len(problem.reports):
        return
    rest = [0.0 if j in chosen else 1.0 for j in range(len(problem.columns))]
    offset = problem.explained([a * b for a, b in zip(rest, state["mu"])])
    doubt = problem.spread([a * b for a, b in zip(rest, state["vp"])])
    weights = [1 / (1 / i - t + d) for i, t, d in zip(state["information"], state["share"], doubt)]
    targets = [
        p + s / i - o for p, s, i, o in zip(state["prediction"], state["s"], state["information"], offset)]
    columns = [problem.columns[j] for j in chosen]
    gram = [[sum(w * a * b for w, a, b in zip(weights, left, right)) for right in columns] for left in columns]
    moments = [sum(w * a * t for w, a, t in zip(weights, column, targets)) for column in columns]
    limit = 1e4 / (scale * scale)

    def site(posterior, estimate, variance):
        precision = min(max(1 / posterior[1] - 1 / variance, 0.0), limit)
        return precision, posterior[0] * (precision + 1 / variance) - estimate / variance

    sites = [site(state["posteriors"][j], state["estimates"][j], state["variances"][j]) for j in chosen]
    for step in range(4):
        matrix = [
            [entry + (sites[i][0] if i == j else 0.0) for j, entry in enumerate(row)] for i, row in enumerate(gram)]
        covariance = inverse(matrix)
        right = [moment + shift for moment, (_, shift) in zip(moments, sites)]
        found = []
        for i, row in enumerate(covariance):
            precision, solution = 1 / row[i], sum(a * b for a, b in zip(row, right))
            variance = 1 / max(precision - sites[i][0], 1e-3 * precision)
            found.append((variance * (solution * precision - sites[i][1]), variance))
        posteriors = [state["prior"].posterior(*pair) for pair in found]
        if step < 3:
            new = [site(posterior, *pair) for posterior, pair in zip(posteriors, found)]
            sites = [tuple(a + 0.7 * (b - a) for a, b in zip(*pair)) for pair in zip(sites, new)]
    for j, (estimate, variance), posterior in zip(chosen, found, posteriors):
        state["estimates"][j], state["variances"][j], state["posteriors"][j] = estimate, variance, posterior


def interval(z, cut, is_detected):
    def above(theta):
        """The probability of more than z, or of more than z given not more than the cut, falling in −θ."""
        if is_detected:
            return log_tail(z - theta) - log_tail(cut - theta)
        return log_tail(theta - z) - log_tail(theta - cut)

    ends = []
    for probability in (0.025, 0.975):
        if is_detected:
            ends.append(bisect(lambda theta: math.log(probability) - above(theta), z - 60, z + 60))
        else:
            ends.append(bisect(lambda theta: above(theta) - math.log(probability), z - 60, z + 60))
    return sorted(ends)


def digits(number):
    return float(f"{number:.10g}")


def decoded(content):
    problem = Problem(content)
    state = pass_messages(problem)
    fitted = problem.explained(state["mu"])
    squares = sum((y - f) ** 2 / v for y, f, v in zip(problem.deviations, fitted, state["noise"]))
    row_count = len(problem.reports)
    freedom = row_count - min(0.9 * row_count, sum(p / v for p, v in zip(state["vp"], state["variances"])))
    unknown, scale = 1 - sum(state["mu"]), state["prior"].unit
    refine(problem, state)
    factor = math.sqrt(max(1.0, state["dispersion"])) if state["robust"] else 1.0
    errors = [math.sqrt(v) * factor for v in state["variances"]]
    standardised = [r / error for r, error in zip(state["estimates"], errors)]
    cut = quantile(0.05 / len(errors))
    shares = []
    for z, estimate, error, posterior in zip(standardised, state["estimates"], errors, state["posteriors"]):
        low, high = (min(max(end * error, 0.0), 1.0) for end in interval(z, cut, z > cut))
        shares.append({
            "unbiased": digits(estimate), "standardError": digits(error), "pValue": digits(tail(z)),
            "isDetected": z > cut, "low": digits(low), "high": digits(high),
            "share": digits(min(max(posterior[0], low), high))})
    dispersion = squares / freedom
    return {
        "shares": shares, "unknownShare": digits(unknown), "isRobust": state["robust"],
        "smallestDetectableShare": digits((cut + quantile(0.2)) * scale), "dispersion": digits(dispersion),
        "misfitDeviations": digits((dispersion ** (1 / 3) - (1 - 2 / (9 * freedom))) / math.sqrt(2 / (9 * freedom))),
        "iterationCount": state["iterations"]}


def simulated(name, bits, hashes, sizes, candidate_count, held, noise):
    """Counts of reports about candidates, and about strings below zero, which are none."""
    generator = random.Random(int.from_bytes(hashlib.sha256(f"dither/fixtures/{name}".encode()).digest(), "big"))
    clear, set_ = noise
    texts = [
        [[generator.randrange(bits) for _ in range(hashes)] for _ in sizes]
        for _ in range(candidate_count + sum(1 for string in held if string < 0))]
    set_counts = []
    for cohort, size in enumerate(sizes):
        holders = [0] * bits
        for _ in range(size):
            (string,) = generator.choices(list(held), list(held.values()))
            for bit in set(texts[string][cohort]):
                holders[bit] += 1
        for held_count in holders:
            set_counts.append(
                sum(generator.random() < set_ for _ in range(held_count))
                + sum(generator.random() < clear for _ in range(size - held_count)))
    rows = [
        [cohort * bits + bit for cohort, drawn in enumerate(text) for bit in drawn]
        for text in texts[:candidate_count]]
    return {
        "name": name, "bitCount": bits, "hashCount": hashes, "cohortSizes": sizes, "clear": clear, "set": set_,
        "setCounts": set_counts, "rows": rows}


def cases():
    complete = {0: 0.28, 1: 0.2, 2: 0.12, 3: 0.075, 4: 0.06, 5: 0.04, 6: 0.025, -1: 0.1, -2: 0.1}
    missing = {0: 0.14, 1: 0.08, 2: 0.05, 3: 0.03, 4: 0.02, -1: 0.4, -2: 0.28}
    for content in (
        simulated("light missing strings", 16, 2, [2000 + 250 * (c % 5) for c in range(18)] + [0], 44, complete,
                  (0.5625, 0.6875)),
        simulated("heavy missing strings", 16, 2, [1500 + 100 * (c % 3) for c in range(20)], 48, missing,
                  (0.25, 0.75)),
    ):
        yield {**content, **decoded(content)}


if __name__ == "__main__":
    text = json.dumps(list(cases()), separators=(",", ":")).replace('},{"', '},\n{"')
    fixture_files.main({"filters/decoding.json": (text + "\n").encode("ascii")})
