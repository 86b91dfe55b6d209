internal import Mechanisms

/// Sums over hyperplanes for q = 2ᵐ by Walsh–Hadamard transforms.
///
/// Let Y[c·u] = y[u] for every point u and every c ≠ 0 of GF(q), and Y[0] = 0. With the character χ(x) = (−1)^Tr(x),
/// Σ_w Y[w]·χ(⟨w, v⟩) = Σ_u y[u]·Σ_{c≠0} χ(c·⟨u, v⟩) = q·T[v] − n, as the inner sum is q − 1 if ⟨u, v⟩ = 0 and −1 if not. Since
/// Tr(w·b) is the parity of w and the mask φ(b) whose bit k is Tr(X^k·b), that is a Walsh–Hadamard transform of Y.
///
/// Only one coordinate less has to be transformed. For v = (1, v′), sum Y over the first coordinate c of w with its
/// character: Z[w′] = Σ_c χ(c)·Y[(c, w′)], and q·T[v] − n = Σ_w′ Z[w′]·χ(⟨w′, v′⟩). A w′ that is not zero is s·p for a point p, and
/// (c, s·p) is a multiple of (1, d⁻¹·p) for c = s·d, so that
///
///     Z[s·p] = y[(0, p)] + Σ_{d≠0} χ(s·d)·y[(1, d⁻¹·p)]
///
/// which is a transform of q numbers for each p, at φ(s). At 0 it is the sum of all reports that are p without their first
/// coordinate; and for v = (0, v′), reports count by what that leaves: a point of one dimension less, or zero, which lies on
/// every hyperplane.
struct HyperplaneTransform<Count: FixedWidthInteger & SignedInteger> {
    private let geometry: ProjectiveGeometry
    private let tables: FieldTables
    private let order: Int
    private let transform: (UnsafeMutableBufferPointer<Count>) -> Void
    /// φ.
    private let masks: [Int]
    /// The multiples of each element.
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
        masks = (0..<order).map { element in
            (0..<field.degree).reduce(0) { $0 | trace(tables.product(1 << $1, element)) << $1 }
        }
        multiples = (0..<order).map { tables.multiples(of: $0) }
    }

    /// - Complexity: K·log₂ q additions and a transform of q^(t−1), and a q-th of that for each dimension less; memory for as
    ///   many numbers twice, and q² of them.
    func supports(_ counts: [Count], itemCount: Int) -> [Count] {
        supports(counts, dimension: geometry.dimension, itemCount: itemCount)
    }

    private func supports(_ counts: [Count], dimension: Int, itemCount: Int) -> [Count] {
        // A line has no point at right angles to its one point but zero.
        guard dimension > 1 else { return [Count](repeating: 0, count: itemCount) }
        let start = pointCount(dimension - 1)
        var merged = [Count](repeating: 0, count: start)
        var sums = [Count](repeating: 0, count: counts.count - start)
        sums.withUnsafeMutableBufferPointer { sums in
            merged.withUnsafeMutableBufferPointer { merged in
                counts.withUnsafeBufferPointer { transformLines($0, dimension, sums: sums, merged: merged) }
            }
            transform(sums)
        }
        var supports = supports(merged, dimension: dimension - 1, itemCount: min(itemCount, start))
        let everywhere = counts[start]
        for item in supports.indices { supports[item] += everywhere }
        guard itemCount > start else { return supports }
        let (total, degree) = (counts.reduce(0, &+), tables.field.degree)
        supports.reserveCapacity(itemCount)
        for first in stride(from: 0, to: itemCount - start, by: order) {
            let head = mask(first >> degree) << degree
            for x in 0..<min(order, itemCount - start - first) {
                supports.append((sums[head | masks[x]] &+ total) >> Count(degree))
            }
        }
        return supports
    }

    /// From the reports of all points, Z, and the reports by their point without the first coordinate; those of
    /// (1, 0, …, 0) are left out of these.
    private func transformLines(
        _ counts: UnsafeBufferPointer<Count>, _ dimension: Int, sums: UnsafeMutableBufferPointer<Count>,
        merged: UnsafeMutableBufferPointer<Count>
    ) {
        // y[(1, w′)], by w′ as a number in base q.
        let tails = UnsafeBufferPointer(rebasing: counts[merged.count...])
        // χ(c) adds up to −1 over c ≠ 0.
        sums[0] = 0 &- tails[0]
        // The point (0, …, 0, 1), and then all (h, x) for each point h and all x.
        withUnsafeTemporaryAllocation(of: Count.self, capacity: order) { line in
            line[0] = counts[0]
            for d in 1..<order { line[d] = tails[tables.inverse(d)] }
            transform(line)
            merged[0] = line[0]
            for s in 1..<order { sums[s] = line[masks[s]] }
        }
        let heads = heads(dimension - 2)
        guard !heads.isEmpty else { return }
        withUnsafeTemporaryAllocation(of: Count.self, capacity: order * order) { lines in
            for (number, head) in heads.enumerated() {
                let own = order * number + 1
                for x in 0..<order { lines[order * x] = counts[own + x] }
                for d in 1..<order {
                    multiples[tables.inverse(d)].withUnsafeBufferPointer { row in
                        let from = order * scaled(head, row)
                        for x in 0..<order { lines[order * x + d] = tails[from + Int(row[x])] }
                    }
                }
                for x in 0..<order {
                    transform(UnsafeMutableBufferPointer(rebasing: lines[order * x..<order * (x + 1)]))
                    merged[own + x] = lines[order * x]
                }
                for s in 1..<order {
                    multiples[s].withUnsafeBufferPointer { row in
                        let (to, place) = (order * scaled(head, row), masks[s])
                        for x in 0..<order { sums[to + Int(row[x])] = lines[order * x + place] }
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
