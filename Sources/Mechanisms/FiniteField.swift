/// GF(q), the field of q = pᵐ elements, in time that depends on q alone: no branch, no index and no number of steps depends
/// on an element.
///
/// An element is a number below q. Its m digits in base p, the least first, are the coefficients of a polynomial over
/// GF(p), and arithmetic is modulo Xᵐ + L, where L is the polynomial of degree below m with the least number for which
/// that is irreducible. So GF(p) is arithmetic modulo p, and GF(2ᵐ) adds by exclusive or.
public struct FiniteField: Hashable, Sendable {
    /// q.
    public let order: UInt64
    /// p.
    public let characteristic: UInt64
    /// m.
    public let degree: Int
    /// The number of L; 0 for m = 1.
    public let modulusTail: UInt64

    private let byCharacteristic: Divisor
    /// Of its quotients the highest digit is one.
    private let byTop: Divisor

    /// The orders that there is room for.
    public static let allowedOrders: ClosedRange<Int> = 2...(1 << 24) - 1

    /// The field of `order` elements; `nil` unless that is a prime power in ``allowedOrders``.
    ///
    /// - Complexity: √order divisions, and for each L that is tried a few powers of elements.
    public init?(order: Int) {
        guard Self.allowedOrders.contains(order), let (prime, degree) = Self.primePower(order) else { return nil }
        var field = FiniteField(prime: prime, degree: degree, modulusTail: 0)
        // Some L is irreducible, as there is a field of every such order.
        while degree > 1, !field.isField {
            field = FiniteField(prime: prime, degree: degree, modulusTail: field.modulusTail + 1)
        }
        self = field
    }

    /// The ring of polynomials over GF(p) modulo Xᵐ + L.
    private init(prime: UInt64, degree: Int, modulusTail: UInt64) {
        let top = (1..<degree).reduce(1 as UInt64) { power, _ in power * prime }
        (characteristic, self.degree, order, self.modulusTail) = (prime, degree, top * prime, modulusTail)
        (byCharacteristic, byTop) = (Divisor(prime), Divisor(top))
    }

    /// p and m, if a number is pᵐ.
    public static func primePower(_ order: Int) -> (prime: UInt64, degree: Int)? {
        guard order > 1 else { return nil }
        var prime = 2
        while prime * prime <= order, !order.isMultiple(of: prime) { prime += 1 }
        if prime * prime > order { prime = order }
        var (rest, degree) = (order, 0)
        while rest.isMultiple(of: prime) { (rest, degree) = (rest / prime, degree + 1) }
        return rest == 1 ? (UInt64(prime), degree) : nil
    }

    /// a + b.
    public func sum(_ a: UInt64, _ b: UInt64) -> UInt64 {
        characteristic == 2 ? a ^ b : combination(a, 1, b)
    }

    /// −a.
    public func negative(_ a: UInt64) -> UInt64 {
        characteristic == 2 ? a : combination(0, characteristic &- 1, a)
    }

    /// a·b.
    public func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
        guard characteristic != 2 else { return binaryProduct(a, b) }
        var (sum, shifted, rest) = (0 as UInt64, a, b)
        for index in 0..<degree {
            let (higher, digit) = byCharacteristic.divide(rest)
            sum = combination(sum, digit, shifted)
            rest = higher
            guard index + 1 < degree else { break }
            // X·a: the digits move up, and the highest is taken away that many times Xᵐ = −L.
            let (top, lower) = byTop.divide(shifted)
            shifted = combination(lower &* characteristic, characteristic &- top, modulusTail)
        }
        return sum
    }

    /// a⁻¹, for a other than 0.
    public func inverse(_ a: UInt64) -> UInt64 { power(a, order - 2) }

    /// a to a public exponent.
    public func power(_ a: UInt64, _ exponent: UInt64) -> UInt64 {
        var power: UInt64 = 1
        for bit in (0..<UInt64(64 - exponent.leadingZeroBitCount)).reversed() {
            power = product(power, power)
            if exponent >> bit & 1 == 1 { power = product(power, a) }
        }
        return power
    }

    /// a + h·b for a number h of at most p, digit by digit.
    private func combination(_ a: UInt64, _ h: UInt64, _ b: UInt64) -> UInt64 {
        var (left, right, sum, place) = (a, b, 0 as UInt64, 1 as UInt64)
        for _ in 0..<degree {
            let (leftRest, leftDigit) = byCharacteristic.divide(left)
            let (rightRest, rightDigit) = byCharacteristic.divide(right)
            sum &+= byCharacteristic.divide(leftDigit &+ h &* rightDigit).remainder &* place
            (left, right, place) = (leftRest, rightRest, place &* characteristic)
        }
        return sum
    }

    private func binaryProduct(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let top = UInt64(degree - 1)
        var product: UInt64 = 0
        for bit in (0..<UInt64(degree)).reversed() {
            let carry = 0 &- (product >> top & 1)
            product = (product << 1 & (order &- 1)) ^ (modulusTail & carry)
            product ^= a & (0 &- (b >> bit & 1))
        }
        return product
    }

    /// Whether the modulus is irreducible, for m > 1.
    ///
    /// X^q = X makes it a product of different irreducible polynomials whose degrees divide m [LN97, theorem 3.20], and the
    /// ring a product of fields. If for no prime ℓ of m X^(p^(m/ℓ)) − X is zero in one of them, which its power q − 1 shows,
    /// then all have degree m: there is one.
    private var isField: Bool {
        let x = characteristic
        guard power(x, order) == x else { return false }
        return (2...degree).allSatisfy { divisor in
            guard degree.isMultiple(of: divisor), (2..<divisor).allSatisfy({ !divisor.isMultiple(of: $0) }) else {
                return true
            }
            var image = x
            for _ in 0..<degree / divisor { image = power(image, characteristic) }
            return power(combination(image, characteristic - 1, x), order - 1) == 1
        }
    }
}
