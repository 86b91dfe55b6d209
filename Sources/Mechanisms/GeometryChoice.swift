internal import LocalPrivacy

/// Which field and dimension estimate best, of those with a point for every item.
///
/// In exact integers, so that every machine chooses alike. With E = e^ε, s points on a hyperplane, c = (q^(t−2) − 1)/(q − 1)
/// on two of them and r = q^(t−1) off one, D = E·s + r: p* = E·s/D and q* = (E·c + s − c)/D, and the variance at f = 1/d is
///
///     [p*(1 − p*) + (d − 1)·q*(1 − q*)] / (d·(p* − q*)²)
struct GeometryChoice {
    private let itemCount: Int
    /// E, rounded down to a multiple of 2⁻⁶⁴.
    private let exponential: WideUnsigned

    init(itemCount: Int, epsilon: Epsilon) {
        self.itemCount = itemCount
        let lower = Exponential(of: UInt64(epsilon.thousandths), over: 1000).lower
        exponential = WideUnsigned(words: Array(lower.words.dropFirst(Exponential.fractionBitCount / 64 - 1)))
    }

    /// The geometry of these integers.
    ///
    /// - Throws: ``ParameterError/notAPrimePower(name:count:)``, ``ParameterError/countOutOfRange(name:count:allowed:)``.
    func geometry(order: Int, dimension: Int) throws(ParameterError) -> ProjectiveGeometry {
        guard FiniteField.allowedOrders.contains(order) else {
            throw .countOutOfRange(name: "field_order", count: order, allowed: FiniteField.allowedOrders)
        }
        guard let field = FiniteField(order: order) else { throw .notAPrimePower(name: "field_order", count: order) }
        let fitting = ProjectiveGeometry.allowedDimensions.filter { fits(order: order, dimension: $0) }
        guard let least = fitting.first, let largest = fitting.last else {
            // Some power of a small field is in range of every domain, and so are all fields from here on.
            throw .countOutOfRange(
                name: "field_order", count: order, allowed: itemCount...FiniteField.allowedOrders.upperBound)
        }
        guard fitting.contains(dimension) else {
            throw .countOutOfRange(name: "dimension", count: dimension, allowed: least...largest)
        }
        return ProjectiveGeometry(field: field, dimension: dimension)
    }

    /// The field and the dimension, each as it is asked for or chosen.
    ///
    /// Of those whose variance is at most a thousandth above the least, powers of two come first, whose reports are decoded
    /// fastest, and then the fewest points.
    ///
    /// - Throws: as ``geometry(order:dimension:)``.
    func best(order: Int?, dimension: Int?) throws(ParameterError) -> (order: Int, dimension: Int) {
        if let order, let dimension { return (order, dimension) }
        var candidates: [Candidate] = []
        for tried in ProjectiveGeometry.allowedDimensions where dimension == nil || dimension == tried {
            let orders = order.map { [$0] } ?? self.orders(dimension: tried)
            candidates += orders.filter { fits(order: $0, dimension: tried) }
                .map { Candidate(order: $0, dimension: tried, variance: variance(order: $0, dimension: tried)) }
        }
        guard let least = candidates.map(\.variance).min() else {
            // What is asked for is wrong by itself, and names itself.
            return (order ?? 2, dimension ?? 2)
        }
        let near = candidates.filter { !$0.variance.isMoreThanAThousandthAbove(least) }
        let binary = near.filter { $0.order.nonzeroBitCount == 1 }
        let chosen = (binary.isEmpty ? near : binary).min { $0.pointCount < $1.pointCount }
        guard let chosen else { preconditionFailure("the least is among those near it") }
        return (chosen.order, chosen.dimension)
    }

    private struct Candidate {
        let order: Int, dimension: Int, variance: Ratio
        var pointCount: Int { ProjectiveGeometry.pointCount(order: order, dimension: dimension) ?? .max }
    }

    private func fits(order: Int, dimension: Int) -> Bool {
        ProjectiveGeometry.pointCount(order: order, dimension: dimension).map { $0 >= itemCount } ?? false
    }

    /// The orders that can be chosen in a dimension: the variance falls and then rises with q, so that the best is a prime
    /// power next to its bottom, and those near it with fewer points are below; and all powers of two.
    private func orders(dimension: Int) -> [Int] {
        let all = FiniteField.allowedOrders
        func points(_ order: UInt64) -> Int? {
            ProjectiveGeometry.pointCount(order: Int(order), dimension: dimension)
        }
        let (first, end) = (UInt64(all.lowerBound), UInt64(all.upperBound) + 1)
        let low = smallest(in: first...end) { (points($0) ?? .max) >= itemCount }
        let high = smallest(in: first...end) { points($0) == nil }
        guard low < high else { return [] }
        let bottom = Int(
            smallest(in: low...high - 1) { order in
                order + 1 == high
                    || variance(order: Int(order), dimension: dimension)
                        <= variance(order: Int(order) + 1, dimension: dimension)
            })
        let range = Int(low)..<Int(high)
        func isPrimePower(_ order: Int) -> Bool { FiniteField.primePower(order) != nil }
        var orders = (1..<24).map { 1 << $0 }.filter(range.contains)
        if let above = (bottom + 1..<range.upperBound).first(where: isPrimePower) { orders.append(above) }
        let least = variance(order: bottom, dimension: dimension)
        for order in (range.lowerBound...bottom).reversed() where isPrimePower(order) {
            orders.append(order)
            if variance(order: order, dimension: dimension).isMoreThanAThousandthAbove(least) { break }
        }
        return orders
    }

    /// The variance times d.
    private func variance(order: Int, dimension: Int) -> Ratio {
        let (one, e) = (WideUnsigned(1) << 64, exponential)
        func number(_ count: Int) -> WideUnsigned { WideUnsigned(UInt64(count)) }
        func points(_ dimension: Int) -> Int {
            ProjectiveGeometry.pointCount(order: order, dimension: dimension) ?? 0
        }
        let (all, plane, line) = (points(dimension), points(dimension - 1), points(dimension - 2))
        let (apart, off) = (number(plane - line), number(all - plane))
        let support = e * number(plane), spurious = e * number(line) + one * apart
        let (against, otherwise) = (one * off, e * apart + one * off - one * apart)
        let gap = (e - one) * apart
        return Ratio(
            numerator: support * against + number(itemCount - 1) * spurious * otherwise, denominator: gap * gap)
    }
}

/// A ratio of two integers.
private struct Ratio: Comparable {
    let numerator: WideUnsigned, denominator: WideUnsigned

    static func < (left: Self, right: Self) -> Bool {
        left.numerator * right.denominator < right.numerator * left.denominator
    }

    func isMoreThanAThousandthAbove(_ other: Self) -> Bool {
        WideUnsigned(1001) * other.numerator * denominator < WideUnsigned(1000) * numerator * other.denominator
    }
}
