internal import Mechanisms

/// Sums over hyperplanes for q = 2ᵐ by Walsh–Hadamard transforms.
///
/// Let Y[c·u] = y[u] for every point u and every c ≠ 0 of GF(q), and Y[0] = 0. With the character χ(x) = (−1)^Tr(x),
/// Σ_w Y[w]·χ(⟨w, v⟩) = Σ_u y[u]·Σ_{c≠0} χ(c·⟨u, v⟩) = q·T[v] − n, as the inner sum is q − 1 if ⟨u, v⟩ = 0 and −1 if not. Since
/// Tr(w·b) is the parity of w and the mask φ(b) whose bit k is Tr(X^k·b), that is a Walsh–Hadamard transform of Y.
///
/// Only one coordinate less has to be transformed. For v = (1, v′), sum Y over the first coordinate c of w with its
/// character: Z[w′] = Σ_c χ(c)·Y[(c, w′)], and q·T[v] − n = Σ_w′ Z[w′]·χ(⟨w′, v′⟩). For v = (0, v′), reports count by what is
/// left of u without its first coordinate: a point of one dimension less, or zero, which lies on every hyperplane.
struct HyperplaneTransform<Count: FixedWidthInteger & SignedInteger> {
    private let geometry: ProjectiveGeometry
    private let tables: FieldTables
    private let order: Int
    private let transform: (UnsafeMutableBufferPointer<Count>) -> Void
    /// χ(c) = −1.
    private let isNegative: [Bool]
    /// φ.
    private let masks: [Int]
    /// The multiples of each c.
    private let multiples: [[UInt32]]

    init(
        _ geometry: ProjectiveGeometry, _ tables: FieldTables,
        _ transform: @escaping (UnsafeMutableBufferPointer<Count>) -> Void
    ) {
        precondition(tables.field.characteristic == 2, "the characters of GF(2^m) are signs")
        (self.geometry, self.tables, self.transform) = (geometry, tables, transform)
        let (field, order) = (tables.field, tables.order)
        func trace(_ element: Int) -> Int {
            var (sum, power) = (0 as UInt64, UInt64(element))
            for _ in 0..<field.degree { (sum, power) = (sum ^ power, field.product(power, power)) }
            return Int(sum)
        }
        self.order = order
        isNegative = (0..<order).map { trace($0) == 1 }
        masks = (0..<order).map { element in
            (0..<field.degree).reduce(0) { $0 | trace(tables.product(1 << $1, element)) << $1 }
        }
        multiples = (0..<order).map { tables.multiples(of: $0) }
    }

    /// - Complexity: K·q additions and a transform of q^(t−1), and a q-th of that for each dimension less.
    func supports(_ counts: [Count], itemCount: Int) -> [Count] {
        supports(counts, dimension: geometry.dimension, itemCount: itemCount)
    }

    private func supports(_ counts: [Count], dimension: Int, itemCount: Int) -> [Count] {
        // A line has no point at right angles to its one point but zero.
        guard dimension > 1 else { return [Count](repeating: 0, count: itemCount) }
        let start = pointCount(dimension - 1)
        let heads = heads(dimension - 2)
        var supports = supports(
            withoutFirst(counts, start, heads), dimension: dimension - 1, itemCount: min(itemCount, start))
        let everywhere = counts[start]
        for item in supports.indices { supports[item] += everywhere }
        guard itemCount > start else { return supports }
        var sums = [Count](repeating: 0, count: counts.count - start)
        sums.withUnsafeMutableBufferPointer { sums in
            counts.withUnsafeBufferPointer { spread($0, start, heads, dimension, into: sums) }
            transform(sums)
        }
        let (total, degree) = (counts.reduce(0, &+), Count(tables.field.degree))
        supports.reserveCapacity(itemCount)
        for tail in 0..<itemCount - start { supports.append((sums[mask(tail)] &+ total) >> degree) }
        return supports
    }

    /// The reports by their point without the first coordinate; those of (1, 0, …, 0) are left out.
    private func withoutFirst(_ counts: [Count], _ start: Int, _ heads: [Int]) -> [Count] {
        var merged = Array(counts[..<start])
        merged.withUnsafeMutableBufferPointer { merged in
            counts.withUnsafeBufferPointer { counts in
                for factor in 1..<order {
                    multiples[factor].withUnsafeBufferPointer { row in
                        merged[0] &+= counts[start + factor]
                        for (number, head) in heads.enumerated() {
                            let (own, other) = (order * number + 1, start + order * scaled(head, row))
                            for x in 0..<order { merged[own + x] &+= counts[other + Int(row[x])] }
                        }
                    }
                }
            }
        }
        return merged
    }

    /// Adds the reports of each point to Z at all its multiples without their first coordinate, with the character of it.
    private func spread(
        _ counts: UnsafeBufferPointer<Count>, _ start: Int, _ heads: [Int], _ dimension: Int,
        into sums: UnsafeMutableBufferPointer<Count>
    ) {
        let blockCount = sums.count / order
        for factor in 1..<order {
            multiples[factor].withUnsafeBufferPointer { row in
                // (0, …): the first coordinate of every multiple is 0, of character 1.
                sums[factor] &+= counts[0]
                for (number, head) in heads.enumerated() {
                    let (own, other) = (order * number + 1, order * scaled(head, row))
                    for x in 0..<order { sums[other + Int(row[x])] &+= counts[own + x] }
                }
                for block in 0..<blockCount {
                    let (own, other) = (start + order * block, order * scaled(block, row))
                    if isNegative[factor] {
                        for x in 0..<order { sums[other + Int(row[x])] &-= counts[own + x] }
                    } else {
                        for x in 0..<order { sums[other + Int(row[x])] &+= counts[own + x] }
                    }
                }
            }
        }
    }

    /// The points of a dimension in order, each as the number in base q that its coordinates are.
    private func heads(_ dimension: Int) -> [Int] {
        (0..<dimension).flatMap { (length: Int) -> Range<Int> in
            let first = 1 << (length * tables.field.degree)
            return first..<2 * first
        }
    }

    private func pointCount(_ dimension: Int) -> Int {
        ProjectiveGeometry.pointCount(order: order, dimension: dimension) ?? 0
    }

    /// A multiple of a vector, both as numbers in base q.
    @inline(__always)
    private func scaled(_ vector: Int, _ row: UnsafeBufferPointer<UInt32>) -> Int {
        let degree = tables.field.degree
        var (sum, rest, place) = (0, vector, 0)
        while rest > 0 {
            sum |= Int(row[rest & (order - 1)]) << place
            rest >>= degree
            place += degree
        }
        return sum
    }

    /// φ of every coordinate.
    private func mask(_ vector: Int) -> Int {
        let degree = tables.field.degree
        var (sum, rest, place) = (0, vector, 0)
        while rest > 0 {
            sum |= masks[rest & (order - 1)] << place
            rest >>= degree
            place += degree
        }
        return sum
    }
}
