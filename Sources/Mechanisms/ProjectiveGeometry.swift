/// The points of the projective space of dimension t − 1 over GF(q), and the hyperplane of each: the points at right angles
/// to it.
///
/// A point is a nonzero vector of t coordinates up to a factor, written with 1 as its first coordinate that is not 0. Points
/// are numbered by the place of that 1, the last place first, then by the coordinates after it as a number in base q. So
/// with c = 0 for the vector of zeros and c = 1 + the number for a point, adding a coordinate u after those of c gives
/// u if c = 0, and q·(c − 1) + 2 + u if not. Nothing here takes a time that depends on a point.
public struct ProjectiveGeometry: Hashable, Sendable {
    /// GF(q).
    public let field: FiniteField
    /// t: the coordinates of a vector.
    public let dimension: Int
    /// K = (qᵗ − 1)/(q − 1): the points.
    public let pointCount: Int
    /// (q^(t−1) − 1)/(q − 1): the points of a hyperplane.
    public let hyperplanePointCount: Int
    /// q^(t−1): the points that are not on it.
    public let otherPointCount: Int

    private let byOrder: Divisor

    /// Points have a number of at most three bytes.
    public static let largestPointCount = 1 << 24
    /// 2²⁴ − 1 points over GF(2) have 24 coordinates.
    public static let allowedDimensions = 2...24

    /// The geometry of vectors of `dimension` coordinates; it has at most ``largestPointCount`` points.
    init(field: FiniteField, dimension: Int) {
        let count = { Self.pointCount(order: Int(field.order), dimension: $0) ?? .max }
        (self.field, self.dimension, byOrder) = (field, dimension, Divisor(field.order))
        (pointCount, hyperplanePointCount) = (count(dimension), count(dimension - 1))
        otherPointCount = pointCount - hyperplanePointCount
    }

    /// K, unless it is above ``largestPointCount``.
    public static func pointCount(order: Int, dimension: Int) -> Int? {
        var count = 0
        for _ in 0..<dimension {
            count = count * order + 1
            guard count <= largestPointCount else { return nil }
        }
        return count
    }

    /// The coordinates of a vector of so many by c.
    public func coordinates(_ place: UInt64, count: Int) -> [UInt64] {
        var (coordinates, rest) = ([UInt64](repeating: 0, count: count), place)
        for index in (0..<count).reversed() {
            let isLonger = mask(1, isBelow: rest)
            let (quotient, remainder) = byOrder.divide((rest &- 2) & isLonger)
            coordinates[index] = (remainder & isLonger) | (rest & ~isLonger)
            rest = (quotient &+ 1) & isLonger
        }
        return coordinates
    }

    /// c of the coordinates of a point or of zeros: q·c + u, less q − 2 if c is not 0. The product is needed for every c, so
    /// that no compiler makes a branch around it.
    public func place(of coordinates: [UInt64]) -> UInt64 {
        coordinates.reduce(0) { place, coordinate in
            field.order &* place &+ coordinate &- ((field.order &- 2) & mask(isNotZero: place))
        }
    }

    /// ⟨u, v⟩.
    public func innerProduct(_ u: [UInt64], _ v: [UInt64]) -> UInt64 {
        zip(u, v).reduce(0) { sum, pair in field.sum(sum, field.product(pair.0, pair.1)) }
    }

    /// A point on the hyperplane of point `item`, or, where `isOther` is all ones, one that is not on it. Every number
    /// below ``hyperplanePointCount``, or ``otherPointCount``, is a different one of these.
    ///
    /// With j the last coordinate of v that is not 0, ⟨u, v⟩ = 0 fixes u_j by the others, which are a point's: if they begin
    /// after j, u_j is 0, so the first of u is 1 without scaling. Off the hyperplane the others are any vector,
    /// ⟨u, v⟩ = 1 fixes u_j, and u is scaled.
    func point(_ number: UInt64, besides item: UInt64, isOther: UInt64) -> UInt64 {
        let v = coordinates(item &+ 1, count: dimension)
        var (own, last, lastIndex) = ([UInt64](repeating: 0, count: dimension), 0 as UInt64, 0 as UInt64)
        for index in 0..<dimension {
            let isSet = mask(isNotZero: v[index])
            last = (v[index] & isSet) | (last & ~isSet)
            lastIndex = (UInt64(index) & isSet) | (lastIndex & ~isSet)
        }
        let onPlane = coordinates((number &+ 1) & ~isOther, count: dimension - 1)
        var rest = number & isOther
        var free = [UInt64](repeating: 0, count: dimension + 1)
        for index in (0..<dimension - 1).reversed() {
            let (quotient, digit) = byOrder.divide(rest)
            free[index + 1] = (digit & isOther) | (onPlane[index] & ~isOther)
            rest = quotient
        }
        for index in 0..<dimension {
            let (isBefore, isAfter) = (
                mask(UInt64(index), isBelow: lastIndex), mask(lastIndex, isBelow: UInt64(index))
            )
            own[index] = (free[index + 1] & isBefore) | (free[index] & isAfter)
        }
        let missing = field.sum(1 & isOther, field.negative(innerProduct(own, v)))
        let solved = field.product(missing, field.inverse(last))
        var (first, isFound) = (0 as UInt64, 0 as UInt64)
        for index in 0..<dimension {
            own[index] |= solved & ~mask(isNotZero: UInt64(index) ^ lastIndex)
            first |= own[index] & ~isFound
            isFound |= mask(isNotZero: own[index])
        }
        let scale = field.inverse(first)
        for index in 0..<dimension { own[index] = field.product(own[index], scale) }
        return place(of: own) &- 1
    }

    /// Which member of the hyperplane of v, or of the other points, u is: what ``point(_:besides:isOther:)`` makes u of.
    func member(of u: [UInt64], besides v: [UInt64], product: UInt64) -> UInt64 {
        guard let last = v.lastIndex(where: { $0 != 0 }) else { preconditionFailure("a point is not zero") }
        var free = u
        free.remove(at: last)
        guard product != 0 else { return place(of: free) - 1 }
        let scale = field.inverse(product)
        return free.reduce(0) { $0 * field.order + field.product($1, scale) }
    }
}
