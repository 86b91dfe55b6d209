internal import Mechanisms

/// Sums over hyperplanes coordinate by coordinate, for every q.
///
/// With u = (a, u′) and v = (b′, b) cut after l of t coordinates, let F_l(a, b, z) be the reports of all u that begin with a and
/// have ⟨u′, b⟩ = z; a and b go over points and zero, of l and of t − l coordinates. F_t(a, ∅, 0) is the count of a, and
/// F_0(∅, v, 0) is what is wanted. From l + 1 to l, with b = (f, g·e) for a point e,
///
///     F_l(a, b, z) = Σ_x F_{l+1}(a·x, e, (z − f·x)/g)
///
/// over the coordinates x that may follow a: all, but 0 and 1 alone after zero, and with F_{l+1}(a·x, 0, ·) the reports that
/// begin with a·x where e is zero. Points are numbered so that all that begin with a lie together.
struct HyperplanePartialSums {
    private let geometry: ProjectiveGeometry
    private let order: Int
    private let dimension: Int
    /// a + b at a·q + b.
    private let sums: [UInt16]
    /// a·b at a·q + b.
    private let products: [UInt16]

    /// - Complexity: q² sums and products.
    init(_ geometry: ProjectiveGeometry, _ tables: FieldTables) {
        (self.geometry, order, dimension) = (geometry, tables.order, geometry.dimension)
        let all = 0..<tables.order
        sums = tables.sums.isEmpty ? all.flatMap { a in all.map { UInt16(tables.sum(a, $0)) } } : tables.sums
        products = all.flatMap { a in all.map { UInt16(tables.product(a, $0)) } }
    }

    /// F_l: for each a the totals of all z, and for each a and each point b the q sums by z.
    private struct Layer {
        /// The reports that begin with a.
        var totals: [Int]
        /// By a, then by b, then by z.
        var sums: [Int]
        /// The points b.
        var pointCount: Int
    }

    /// - Complexity: about K·q additions a coordinate.
    func supports(_ counts: [Int], itemCount: Int) -> [Int] {
        // Zero begins nothing that is complete.
        var layer = Layer(totals: [0] + counts, sums: [], pointCount: 0)
        for length in (1..<dimension).reversed() { layer = shortened(layer, to: length) }
        return wholes(layer, itemCount: itemCount)
    }

    /// F_l from F_{l+1}.
    private func shortened(_ longer: Layer, to length: Int) -> Layer {
        let (heads, tails) = (pointCount(length) + 1, pointCount(dimension - length))
        var layer = Layer(
            totals: [Int](repeating: 0, count: heads), sums: [Int](repeating: 0, count: heads * tails * order),
            pointCount: tails)
        for head in 0..<heads {
            // The places of a·0, a·1, …
            let (first, count) = head == 0 ? (0, 2) : (order * (head - 1) + 2, order)
            layer.totals[head] = longer.totals[first..<first + count].reduce(0, +)
            let start = head * tails * order
            layer.sums.withUnsafeMutableBufferPointer { sums in
                extend(
                    longer, first: first, count: count,
                    into: UnsafeMutableBufferPointer(rebasing: sums[start..<start + tails * order]))
            }
        }
        return layer
    }

    /// F_l(a, ·, ·) for the a that `count` longer ones from `first` on begin with.
    private func extend(_ longer: Layer, first: Int, count: Int, into own: UnsafeMutableBufferPointer<Int>) {
        let points = longer.pointCount
        longer.sums.withUnsafeBufferPointer { sums in
            // b = (0, e): the coordinate does not matter.
            for x in 0..<count {
                let start = (first + x) * points * order
                for index in 0..<points * order { own[index] &+= sums[start + index] }
            }
            // b = (1, 0, …, 0), the point after those: z is the coordinate.
            let unit = points * order
            for x in 0..<count { own[unit + x] &+= longer.totals[first + x] }
            // b = (1, g·e).
            let isWhole = count == order && geometry.field.degree == 1 && order >= Self.laneCount
            var turned = [Int](repeating: 0, count: order * count * (isWhole ? 2 : 1))
            for point in 0..<points {
                // By z, then by coordinate; where rows are added turned, twice in a row.
                for x in 0..<count {
                    let start = ((first + x) * points + point) * order
                    for z in 0..<order {
                        if isWhole { turned[(2 * z + 1) * count + x] = sums[start + z] }
                        turned[(isWhole ? 2 * z : z) * count + x] = sums[start + z]
                    }
                }
                let tail = geometry.coordinates(UInt64(point) + 1, count: tailLength(of: longer)).map { Int($0) }
                for factor in 1..<order {
                    let place = points + tail.reduce(0) { $0 * order + product(factor, $1) }
                    guard let own = own.baseAddress.map({ $0 + place * order }) else { return }
                    if isWhole {
                        setToTurnedSum(turned, factor: factor, own)
                    } else {
                        add(turned, count: count, factor: factor, to: own)
                    }
                }
            }
        }
    }

    /// The sums that are made at once.
    private static let laneCount = 8

    /// own[y] = Σ_z turned[z][y − g·z mod q] for a prime q: rows are there twice, so that a turned one is a part of it.
    private func setToTurnedSum(_ turned: [Int], factor: Int, _ own: UnsafeMutablePointer<Int>) {
        turned.withUnsafeBytes { turned in
            let stride = MemoryLayout<Int>.stride
            // What does not fill all lanes begins further to the front, and is made twice.
            for first in Swift.stride(from: 0, to: order, by: Self.laneCount) {
                let start = min(first, order - Self.laneCount)
                var (sum, shift, row) = (SIMD8<Int>.zero, 0, order + start)
                for _ in 0..<order {
                    sum &+= turned.loadUnaligned(fromByteOffset: (row - shift) * stride, as: SIMD8<Int>.self)
                    row += 2 * order
                    shift += factor
                    if shift >= order { shift -= order }
                }
                UnsafeMutableRawPointer(own + start).storeBytes(of: sum, as: SIMD8<Int>.self)
            }
        }
    }

    /// own[g·z + x] += turned[z][x].
    private func add(_ turned: [Int], count: Int, factor: Int, to own: UnsafeMutablePointer<Int>) {
        turned.withUnsafeBufferPointer { turned in
            sums.withUnsafeBufferPointer { sums in
                for z in 0..<order {
                    let (shift, start) = (product(factor, z) * order, z * count)
                    for x in 0..<count { own[Int(sums[shift + x])] &+= turned[start + x] }
                }
            }
        }
    }

    /// F_0(∅, v, 0) from F_1, whose a are 0 and 1.
    private func wholes(_ layer: Layer, itemCount: Int) -> [Int] {
        let points = layer.pointCount
        func sum(_ head: Int, _ point: Int, _ z: Int) -> Int { layer.sums[(head * points + point) * order + z] }
        // v = (0, e), and (1, 0, …, 0).
        var supports = [Int](repeating: layer.totals[0], count: itemCount)
        for item in 0..<min(itemCount, points) { supports[item] = sum(0, item, 0) + sum(1, item, 0) }
        // v = (1, g·e): ⟨u′, e⟩ = −u₀/g.
        let quotients = (1..<order).map { factor in
            Int(geometry.field.negative(geometry.field.inverse(UInt64(factor))))
        }
        for point in 0..<(itemCount > points ? points : 0) {
            let e = geometry.coordinates(UInt64(point) + 1, count: dimension - 1).map { Int($0) }
            for factor in 1..<order {
                let item = points + e.reduce(0) { $0 * order + product(factor, $1) }
                guard item < itemCount else { continue }
                supports[item] = sum(0, point, 0) + sum(1, point, quotients[factor - 1])
            }
        }
        return supports
    }

    private func tailLength(of layer: Layer) -> Int {
        (0..<dimension).first { pointCount($0) == layer.pointCount } ?? 0
    }

    private func product(_ a: Int, _ b: Int) -> Int { Int(products[a * order + b]) }

    private func pointCount(_ dimension: Int) -> Int {
        ProjectiveGeometry.pointCount(order: order, dimension: dimension) ?? 0
    }
}
