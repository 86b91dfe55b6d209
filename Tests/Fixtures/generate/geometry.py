#!/usr/bin/env python3
"""Vectors of the projective geometry response and of the Hadamard count mean sketch, independent of Sources/.

    geometry.py            writes the fixtures
    geometry.py --check    compares them with a fresh computation; exits 1 where they differ

In Tests/Fixtures:

    mechanisms/ProjectiveGeometryResponse.json    as mechanisms.py describes them
    mechanisms/HadamardCountMeanSketch.json       likewise
    geometry/fields.json                          orders, moduli, products
    geometry/planes.json                          reports of points, and those on the plane of every point
    geometry/choices.json                         field and dimension that are chosen, and their variance
    geometry/hadamard_reports.json                reports of sketches as large as are used

Fields are polynomials that are multiplied and divided by hand, the modulus is found by trying every factor, points are
listed by going through all vectors, and planes by going through all points.

    vectors of the geometry    item, lie word, member word, report
    vectors of the sketch      name of the noise, text (hexadecimal after "text:", or "none"), payload
"""

import hashlib
import itertools
import math
from fractions import Fraction

import fixture_files
import sketch
import thresholds

WORD = thresholds.WORD


def hexadecimal(word):
    return f"{word:016x}"


def drawn(name, count):
    words = (hashlib.sha256(f"dither/fixtures/geometry/{name}/{i}".encode()).digest() for i in range(count))
    return [int.from_bytes(digest[:8], "big") for digest in words]


# Fields


def prime_power(q):
    for p in range(2, q + 1):
        if q % p == 0:
            m = 0
            while q % p == 0:
                q, m = q // p, m + 1
            return (p, m) if q == 1 else None
    return None


def digits(number, base, count):
    return [number // base**i % base for i in range(count)]


def number(digits_, base):
    return sum(digit * base**i for i, digit in enumerate(digits_))


def remainder(polynomial, divisor, p):
    """Long division by a monic divisor; coefficients lowest first."""
    rest = list(polynomial)
    while len(rest) >= len(divisor):
        top = rest[-1]
        for i, coefficient in enumerate(divisor):
            at = len(rest) - len(divisor) + i
            rest[at] = (rest[at] - top * coefficient) % p
        rest.pop()
    return rest


def monic(p, degree):
    return (digits(tail, p, degree) + [1] for tail in range(p**degree))


class Field:
    def __init__(self, q):
        self.q = q
        self.p, self.m = prime_power(q)
        factors = [f for degree in range(1, self.m // 2 + 1) for f in monic(self.p, degree)]
        self.modulus = next(f for f in monic(self.p, self.m) if all(any(remainder(f, g, self.p)) for g in factors))
        self.tail = number(self.modulus[:-1], self.p) if self.m > 1 else 0

    def add(self, a, b):
        pairs = zip(digits(a, self.p, self.m), digits(b, self.p, self.m))
        return number([(x + y) % self.p for x, y in pairs], self.p)

    def times(self, a, b):
        if self.m == 1:
            return a * b % self.p
        product = [0] * (2 * self.m - 1)
        for i, x in enumerate(digits(a, self.p, self.m)):
            for j, y in enumerate(digits(b, self.p, self.m)):
                product[i + j] = (product[i + j] + x * y) % self.p
        return number(remainder(product, self.modulus, self.p), self.p)

    def over(self, a, b):
        return next(c for c in range(self.q) if self.times(c, b) == a)

    def dot(self, u, v):
        sum_ = 0
        for x, y in zip(u, v):
            sum_ = self.add(sum_, self.times(x, y))
        return sum_


ORDERS = [2, 3, 4, 5, 7, 8, 9, 11, 16, 17, 25, 27, 32, 49, 64, 81, 121, 125, 128, 243, 256, 343, 512, 625, 729, 1024]


def fields():
    for q in ORDERS:
        field = Field(q)
        pairs = [(a % q, b % q) for a, b in zip(drawn(f"a/{q}", 20), drawn(f"b/{q}", 20))] + [(0, q - 1), (q - 1, q - 1)]
        yield {
            "order": q, "tail": field.tail,
            "products": [f"{a} {b} {field.add(a, b)} {field.times(a, b)}" for a, b in pairs],
        }
    for q in [65_521, 16_777_213, 4093]:
        pairs = [(a % q, b % q) for a, b in zip(drawn(f"a/{q}", 20), drawn(f"b/{q}", 20))]
        yield {"order": q, "tail": 0, "products": [f"{a} {b} {(a + b) % q} {a * b % q}" for a, b in pairs]}


# Points


class Geometry:
    def __init__(self, q, t):
        self.field, self.q, self.t = Field(q), q, t
        # By the place of the leading 1 from the right, then as a number; that is the order of the vectors as numbers.
        self.points = [
            vector for vector in itertools.product(range(q), repeat=t) if next((c for c in vector if c), 0) == 1
        ]
        self.place = {point: i for i, point in enumerate(self.points)}

    def member(self, item, on_plane, member):
        """The member-th way to fill in the coordinates besides the last one that v has; then v's equation is solved."""
        v = self.points[item]
        j = max(i for i, c in enumerate(v) if c)
        if on_plane:
            free = [w for w in itertools.product(range(self.q), repeat=self.t - 1) if next((c for c in w if c), 0) == 1]
        else:
            free = list(itertools.product(range(self.q), repeat=self.t - 1))
        free = free[member]
        u = next(
            u for x in range(self.q)
            for u in [free[:j] + (x,) + free[j:]] if self.field.dot(u, v) == (0 if on_plane else 1)
        )
        first = next(c for c in u if c)
        return self.place[tuple(self.field.over(c, first) for c in u)]


def sizes(q, t):
    plane = sum(q**i for i in range(t - 1))
    return plane, q ** (t - 1), sum(q**i for i in range(t - 2))


def lie_threshold(q, t, epsilon):
    """The smallest T with (N - T) * ceil(N / s) <= e^epsilon * T * floor(N / r), by bisection."""
    plane, off, _ = sizes(q, t)
    likely, unlikely = -(-WORD // plane), WORD // off

    def suffices(threshold):
        return thresholds.proved(
            lambda e, one: (WORD - threshold) * likely * one <= e * threshold * unlikely, Fraction(epsilon, 1000))

    low, high = 0, WORD - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return high


def geometry_vectors(items, q, t, threshold):
    geometry = Geometry(q, t)
    plane, off, _ = sizes(q, t)
    for item in sorted({0, 1, items // 2, items - 1}):
        words = drawn(f"{q}/{t}/{item}", 8)
        for lie_word in [0, threshold - 1, threshold, WORD - 1, *words[:2]]:
            for member_word in [0, WORD - 1, *words[2:5]]:
                lie = lie_word < threshold
                member = member_word * (off if lie else plane) >> 64
                report = geometry.member(item, not lie, member)
                yield f"{item} {hexadecimal(lie_word)} {hexadecimal(member_word)} {report}"


def declaration(values, absence, epsilon, q=None, t=None, **others):
    parameters = {name: str(count) for name, count in [("field_order", q), ("dimension", t)] if count is not None}
    fields_ = {"values": values, "reports_absence": absence, "parameters": parameters}
    return fields_ | ({} if epsilon is None else {"epsilon": epsilon}) | others


def geometry_configuration(values, absence, epsilon, q=None, t=None):
    items = values + absence
    order, dimension = (q, t) if q and t else choice(items, epsilon, q, t)[:2]
    threshold = lie_threshold(order, dimension, epsilon)
    return declaration(values, absence, epsilon, q, t) | {
        "thresholds": [hexadecimal(threshold)],
        "vectors": list(geometry_vectors(items, order, dimension, threshold)),
    }


# The choice


def variance(items, epsilon, q, t):
    """n * Var at a frequency of 1 / items, in decimal: p* and q* as sums over the points of a plane."""
    from decimal import Decimal, localcontext
    with localcontext() as context:
        context.prec = 60
        e = (Decimal(epsilon) / 1000).exp()
        plane, off, line = (Decimal(count) for count in sizes(q, t))
        weight = 1 / (e * plane + off)
        p, s = e * plane * weight, (e * line + plane - line) * weight
        f = 1 / Decimal(items)
        return (f * p * (1 - p) + (1 - f) * s * (1 - s)) / (p - s) ** 2


POWERS = [q for q in range(2, 5000) if prime_power(q)]


def choice(items, epsilon, order=None, dimension=None, limit=5000):
    """Every prime power and dimension with room, up to a field of `limit`: beyond only the smallest is worth a look."""
    tried = []
    for t in [dimension] if dimension else range(2, 25):
        fitting = [q for q in ([order] if order else POWERS) if items <= sum(q**i for i in range(t)) <= 1 << 24]
        tried += [(variance(items, epsilon, q, t), q, t) for q in fitting]
    least = min(tried)[0]
    near = [entry for entry in tried if entry[0] * 1000 <= least * 1001]
    binary = [entry for entry in near if entry[1] & (entry[1] - 1) == 0]
    value, q, t = min(binary or near, key=lambda entry: sum(entry[1] ** i for i in range(entry[2])))
    return q, t, value


def choices():
    cases = [(d, e) for d in (2, 3, 16, 256, 1024, 4096) for e in (100, 500, 1000, 2000, 3000, 4000, 5000, 6000)]
    cases += [(65_536, 500), (65_536, 1000), (65_536, 2000), (65_536, 3000), (65_536, 4000), (65_536, 5000)]
    cases += [(100, 16_000), (1 << 20, 1000), (17, 10_000)]
    for items, epsilon in cases:
        q, t, value = choice(items, epsilon)
        yield {"items": items, "epsilon": epsilon, "order": q, "dimension": t, "variance": f"{value:.12g}"}


GEOMETRY = {
    "configurations": [
        geometry_configuration(2, False, 1000), geometry_configuration(5, True, 500, 2, 3),
        geometry_configuration(7, False, 1, 2, 3), geometry_configuration(13, False, 1000, 3, 3),
        geometry_configuration(6, True, 2000, 3, 4), geometry_configuration(12, False, 1386, 4, 3),
        geometry_configuration(5, True, 1792, 5, 3), geometry_configuration(9, False, 16_000, 9, 2),
        geometry_configuration(16, False, 1000), geometry_configuration(15, True, 3000),
        geometry_configuration(41, False, 700, 2, 6), geometry_configuration(41, False, 2079, 8, 3),
        geometry_configuration(41, False, 2303, 9, 3),
    ],
    "refused": [
        declaration(16, False, 1000, 6, 3, error="notAPrimePower"),
        declaration(16, False, 1000, 1000, error="notAPrimePower"),
        declaration(16, False, 1000, 1, 3, error="countOutOfRange"),
        declaration(16, False, 1000, 1 << 24, 2, error="countOutOfRange"),
        declaration(16, False, 1000, 3, 1, error="countOutOfRange"),
        declaration(16, False, 1000, 3, 25, error="countOutOfRange"),
        declaration(41, False, 1000, 3, 4, error="countOutOfRange"),
        declaration(40, True, 1000, 3, 4, error="countOutOfRange"),
        declaration(16, False, 1000, 257, 4, error="countOutOfRange"),
        declaration(65_536, False, 1000, 5003, error="countOutOfRange"),
        declaration(1 << 20, False, 1000, None, 20, error="countOutOfRange"),
        declaration(1, False, 1000, error="categoryCountOutOfRange"),
        declaration(1 << 20, True, 1000, error="categoryCountOutOfRange"),
        declaration(16, False, 0, error="epsilonOutOfRange"),
        declaration(16, False, None, error="missingParameter"),
        declaration(16, False, 1000, permanent_epsilon=2000, error="unknownParameter"),
        declaration(0, False, 1000, domain="text", error="domainNotTaken"),
        declaration(0, False, 1000, domain="range", error="domainNotTaken"),
    ],
}


# Planes


def planes():
    for q, t in [(2, 2), (2, 5), (3, 2), (3, 3), (3, 4), (4, 2), (4, 3), (4, 4), (5, 3), (5, 4), (7, 3), (7, 4), (8, 3),
                 (9, 3), (9, 4), (16, 2), (16, 3), (25, 2), (27, 2), (2, 8), (3, 5)]:
        geometry = Geometry(q, t)
        counts = [word % 1000 for word in drawn(f"counts/{q}/{t}", len(geometry.points))]
        table = [[geometry.field.times(a, b) for b in range(q)] for a in range(q)]
        sums = [[geometry.field.add(a, b) for b in range(q)] for a in range(q)]

        def dot(u, v):
            sum_ = 0
            for x, y in zip(u, v):
                sum_ = sums[sum_][table[x][y]]
            return sum_

        supports = [
            sum(count for count, u in zip(counts, geometry.points) if dot(u, v) == 0) for v in geometry.points
        ]
        yield {"order": q, "dimension": t, "counts": counts, "supports": supports}


# The Hadamard sketch


def hadamard(size):
    matrix = [[1]]
    while len(matrix) < size:
        matrix = [row + row for row in matrix] + [row + [-x for x in row] for row in matrix]
    return matrix


MATRICES = {}


def entry(index, place, width):
    """Of Sylvester's matrix; of a large one as the product of those of its halves."""
    if width > 256:
        high = entry(index // 256, place // 256, width // 256)
        return high * entry(index % 256, place % 256, 256)
    if width not in MATRICES:
        MATRICES[width] = hadamard(width)
    return MATRICES[width][index][place]


def sketch_payload(rows, width, threshold, functions, key, name):
    first, flip = sketch.noise_word(name, 0), sketch.noise_word(name, 1)
    index, row = first % width, first // width % rows
    sign = entry(index, sketch.place(functions[row], key, width), width) * (-1 if flip < threshold else 1)
    bits = int(math.log2(rows)) + int(math.log2(width)) + 1
    return ((row * width + index) * 2 + (sign < 0)).to_bytes(-(-bits // 8), "little")


def sketch_vectors(rows, width, epsilon, texts, draws):
    functions = sketch.rows(rows, 0)
    threshold = thresholds.threshold(2, Fraction(epsilon, 1000))
    for text in texts:
        for draw in range(draws):
            name = f"hadamard/{rows}x{width}/{epsilon}/{draw}"
            payload = sketch_payload(rows, width, threshold, functions, sketch.key(text, 0), name)
            yield f"{name} {sketch.text_name(text)} {payload.hex()}"


def sketch_configuration(rows, width, absence, epsilon, draws=6):
    texts = sketch.TEXTS if absence else sketch.TEXTS[1:]
    return sketch.sketch_declaration(rows, width, absence, epsilon) | {
        "thresholds": [hexadecimal(thresholds.threshold(2, Fraction(epsilon, 1000)))],
        "vectors": list(sketch_vectors(rows, width, epsilon, texts, draws)),
    }


HADAMARD_SKETCH = {
    "configurations": [
        sketch_configuration(1, 2, False, 1000), sketch_configuration(2, 2, True, 1),
        sketch_configuration(2, 4, True, 16_000), sketch_configuration(4, 4, False, 4000),
        sketch_configuration(8, 4, True, 2000), sketch_configuration(4, 16, False, 500),
        sketch_configuration(1, 64, False, 8000),
    ],
    "refused": [
        fields_ for fields_ in sketch.COUNT_MEAN_SKETCH["refused"]
        if fields_["parameters"] != {"rows": "65536", "width": "4096"}
    ] + [sketch.refused_sketch("countOutOfRange", 65_536, 2048, False, 4000)],
}

REPORTS = [
    {
        "rows": rows, "width": width, "epsilon": epsilon,
        "vectors": list(sketch_vectors(rows, width, epsilon, [None, b"", b"EWR", bytes(254)], 5)),
    }
    for rows, width, epsilon in [(65_536, 1024, 4000), (1024, 32_768, 8000), (256, 128, 2000), (1024, 65_536, 1000)]
]


if __name__ == "__main__":
    fixture_files.main(
        {
            "mechanisms/ProjectiveGeometryResponse.json": fixture_files.as_json(GEOMETRY),
            "mechanisms/HadamardCountMeanSketch.json": fixture_files.as_json(HADAMARD_SKETCH),
            "geometry/fields.json": fixture_files.as_json(list(fields())),
            "geometry/planes.json": fixture_files.as_json(list(planes())),
            "geometry/choices.json": fixture_files.as_json(list(choices())),
            "geometry/hadamard_reports.json": fixture_files.as_json(REPORTS),
        },
        owned_folders=("geometry",),
    )
