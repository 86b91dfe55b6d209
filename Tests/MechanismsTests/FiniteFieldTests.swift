import Mechanisms
import TestSupport
import Testing

@Suite("Finite fields")
struct FiniteFieldTests {
    private struct Table: Decodable {
        var order: Int, tail: UInt64, products: [String]
    }

    @Test("have the moduli, sums and products of an independent script, for orders of every kind")
    func tablesAgree() throws {
        let tables = try Fixtures.json("geometry/fields.json", as: [Table].self)
        try #require(tables.count >= 20)
        for table in tables {
            let field = try #require(FiniteField(order: table.order))
            #expect(field.order == UInt64(table.order) && field.modulusTail == table.tail, "GF(\(table.order))")
            for line in table.products {
                let cells = try line.split(separator: " ").map { try #require(UInt64($0)) }
                #expect(field.sum(cells[0], cells[1]) == cells[2], "GF(\(table.order)): \(line)")
                #expect(field.product(cells[0], cells[1]) == cells[3], "GF(\(table.order)): \(line)")
            }
        }
    }

    @Test("up to 32 elements keep every axiom, by going through all triples")
    func axioms() throws {
        for order in [2, 3, 4, 5, 7, 8, 9, 16, 25, 27, 32] {
            let field = try #require(FiniteField(order: order)), all = 0..<UInt64(order)
            var failures = 0
            for a in all {
                failures += field.sum(a, 0) == a && field.product(a, 1) == a && field.product(a, 0) == 0 ? 0 : 1
                failures += field.sum(a, field.negative(a)) == 0 ? 0 : 1
                failures += a == 0 || field.product(a, field.inverse(a)) == 1 ? 0 : 1
                for b in all {
                    let (sum, product) = (field.sum(a, b), field.product(a, b))
                    failures += sum < order && product < order && sum == field.sum(b, a) ? 0 : 1
                    failures += product == field.product(b, a) && (product != 0 || a == 0 || b == 0) ? 0 : 1
                    for c in all {
                        let spread = field.sum(product, field.product(a, c))
                        failures += field.product(a, field.sum(b, c)) == spread ? 0 : 1
                        failures += field.product(product, c) == field.product(a, field.product(b, c)) ? 0 : 1
                        failures += field.sum(sum, c) == field.sum(a, field.sum(b, c)) ? 0 : 1
                    }
                }
            }
            #expect(failures == 0, "GF(\(order))")
        }
    }

    @Test("of the largest orders invert what they multiply")
    func largeFields() throws {
        var noise = SeededNoise(seed: 0xF1E1_D)
        for order in [1 << 23, 4_782_969, 16_777_213, 4093 * 4093, 9_765_625] {
            let field = try #require(FiniteField(order: order))
            for _ in 0..<20 {
                let (a, b) = (1 + noise.next() % (field.order - 1), noise.next() % field.order)
                #expect(field.product(field.product(a, b), field.inverse(a)) == b, "GF(\(order))")
                #expect(field.sum(field.sum(a, b), field.negative(b)) == a, "GF(\(order))")
            }
        }
    }

    @Test("have the order of a prime power, and no other number has a field")
    func orders() {
        let powers = (2...130).filter { FiniteField(order: $0) != nil }
        let expected = [
            2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 17, 19, 23, 25, 27, 29, 31, 32, 37, 41, 43, 47, 49, 53, 59, 61, 64, 67, 71,
            73,
            79, 81, 83, 89, 97, 101, 103, 107, 109, 113, 121, 125, 127, 128,
        ]
        #expect(powers == expected)
        for order in [Int.min, -4, 0, 1, 1 << 24, .max, 4095, 65_535, 16_777_215] {
            #expect(FiniteField(order: order) == nil, "\(order)")
        }
    }
}
