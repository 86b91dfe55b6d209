internal import Mechanisms

/// Sums over the points of a hyperplane one by one.
///
/// With j the last coordinate of v that is not 0, u_j = −Σ_{i<j} u_i·v_i/v_j, and the other coordinates of u are a point w of
/// one dimension less. Its last coordinate x runs innermost: where j is the last of all, u = (w′, x, a + b·x) for
/// w = (w′, x), which has number q·(q·i + 1 + x) + 1 + a + b·x if w′ has number i; else u = (…, x).
struct HyperplaneEnumeration {
    private let geometry: ProjectiveGeometry
    private let tables: FieldTables
    private let dimension: Int
    private let order: Int

    init(_ geometry: ProjectiveGeometry, _ tables: FieldTables) {
        (self.geometry, self.tables) = (geometry, tables)
        (dimension, order) = (geometry.dimension, tables.order)
    }

    /// - Complexity: for each item as many loads as a hyperplane has points.
    func supports(_ counts: [Int], itemCount: Int) -> [Int] {
        let prefixes = prefixCoordinates()
        return counts.withUnsafeBufferPointer { counts in
            (0..<itemCount).map { support(of: $0, counts, prefixes) }
        }
    }

    /// The points w′ in the order of their numbers.
    private func prefixCoordinates() -> [[Int]] {
        let count = ProjectiveGeometry.pointCount(order: order, dimension: dimension - 2) ?? 0
        return (0..<count).map { number in
            geometry.coordinates(UInt64(number) + 1, count: dimension - 2).map { Int($0) }
        }
    }

    private func support(of item: Int, _ counts: UnsafeBufferPointer<Int>, _ prefixes: [[Int]]) -> Int {
        let v = geometry.coordinates(UInt64(item) + 1, count: dimension).map { Int($0) }
        guard let last = v.lastIndex(where: { $0 != 0 }) else { return 0 }
        let scale = tables.inverse(tables.negative(v[last]))
        let slopes = v[..<last].map { tables.product($0, scale) }
        guard last == dimension - 1 else { return blockSupport(last, slopes, counts, prefixes) }
        // w′ = 0 leaves w = (0, …, 0, 1) alone.
        var sum = counts[1 + slopes[dimension - 2]]
        for (number, prefix) in prefixes.enumerated() {
            let first = order * (order * number + 1) + 1
            sum += lineSum(counts, from: first, offset: combination(prefix, slopes), slope: slopes[dimension - 2])
        }
        return sum
    }

    /// v has a 0 in the end: u may have any.
    private func blockSupport(
        _ last: Int, _ slopes: [Int], _ counts: UnsafeBufferPointer<Int>, _ prefixes: [[Int]]
    ) -> Int {
        var sum = counts[0]
        for prefix in prefixes {
            var head = prefix.map { UInt64($0) }
            head.insert(UInt64(combination(prefix, slopes)), at: last)
            let first = order * (Int(geometry.place(of: head)) - 1) + 1
            for index in first..<first + order { sum += counts[index] }
        }
        return sum
    }

    /// Σ of the prefix's coordinates before j times their slopes.
    private func combination(_ prefix: [Int], _ slopes: [Int]) -> Int {
        zip(prefix, slopes).reduce(0) { tables.sum($0, tables.product($1.0, $1.1)) }
    }

    /// Σ_x counts[first + q·x + (offset + slope·x)], x as a power of the generator.
    private func lineSum(_ counts: UnsafeBufferPointer<Int>, from first: Int, offset: Int, slope: Int) -> Int {
        guard slope != 0 else {
            return (0..<order).reduce(0) { $0 + counts[first + offset + order * $1] }
        }
        let shift = Int(tables.exponents[slope])
        return tables.powers.withUnsafeBufferPointer { powers in
            tables.sums.withUnsafeBufferPointer { sums in
                func total(_ sum: (Int) -> Int) -> Int {
                    var total = counts[first + offset]
                    for exponent in 0..<order - 1 {
                        let x = Int(powers[exponent]), multiple = Int(powers[exponent + shift])
                        total += counts[first + order * x + sum(multiple)]
                    }
                    return total
                }
                if tables.field.characteristic == 2 { return total { $0 ^ offset } }
                if tables.field.degree == 1 { return total { $0 + offset < order ? $0 + offset : $0 + offset - order } }
                if !sums.isEmpty { return total { Int(sums[offset * order + $0]) } }
                return total { tables.sum(offset, $0) }
            }
        }
    }
}
