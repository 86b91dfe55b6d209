internal import Mechanisms

/// GF(q) by tables, for arithmetic on what is public: an element is a power of a generator.
struct FieldTables {
    let field: FiniteField
    /// q.
    let order: Int
    /// The powers of the generator, twice in a row.
    let powers: [UInt32]
    /// The exponent of each element but 0.
    let exponents: [UInt32]
    /// Where neither bits nor numbers are added: the sum of a and b at a·q + b, as far as there is room.
    let sums: [UInt16]

    /// - Complexity: some q products, and for odd powers of primes up to 1,024 q² sums.
    init(_ field: FiniteField) {
        (self.field, order) = (field, Int(field.order))
        let (generator, period) = (Self.generator(of: field), Int(field.order) - 1)
        var powers = [UInt32](repeating: 1, count: 2 * period)
        var exponents = [UInt32](repeating: 0, count: period + 1)
        var power: UInt64 = 1
        for exponent in 0..<period {
            (powers[exponent], powers[exponent + period]) = (UInt32(power), UInt32(power))
            exponents[Int(power)] = UInt32(exponent)
            power = field.product(power, generator)
        }
        (self.powers, self.exponents) = (powers, exponents)
        let needsSums = field.degree > 1 && field.characteristic > 2 && order <= 1024
        sums = needsSums ? Self.sums(field) : []
    }

    private static func sums(_ field: FiniteField) -> [UInt16] {
        (0..<field.order).flatMap { a in (0..<field.order).map { UInt16(field.sum(a, $0)) } }
    }

    func product(_ a: Int, _ b: Int) -> Int {
        a == 0 || b == 0 ? 0 : Int(powers[Int(exponents[a] + exponents[b])])
    }

    func inverse(_ a: Int) -> Int { Int(powers[order - 1 - Int(exponents[a])]) }

    func sum(_ a: Int, _ b: Int) -> Int { Int(field.sum(UInt64(a), UInt64(b))) }

    func negative(_ a: Int) -> Int { Int(field.negative(UInt64(a))) }

    /// The products with one element, by element.
    func multiples(of a: Int) -> [UInt32] { (0..<order).map { UInt32(product(a, $0)) } }

    /// The least element whose powers are all but 0.
    private static func generator(of field: FiniteField) -> UInt64 {
        var (primes, rest) = ([UInt64](), field.order - 1)
        var prime: UInt64 = 2
        while prime * prime <= rest {
            if rest.isMultiple(of: prime) { primes.append(prime) }
            while rest.isMultiple(of: prime) { rest /= prime }
            prime += 1
        }
        if rest > 1 { primes.append(rest) }
        let generator = (1..<field.order).first { element in
            primes.allSatisfy { field.power(element, (field.order - 1) / $0) != 1 }
        }
        guard let generator else { preconditionFailure("the elements but 0 of a finite field are a cyclic group") }
        return generator
    }
}
