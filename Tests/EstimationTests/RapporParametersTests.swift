import Estimation
import TestSupport
import Testing

extension RapporParameters {
    /// Parameters by their letters.
    init(k: Int, h: Int, m: Int, p: Double, q: Double, f: Double) throws {
        try self.init(
            bitCount: k, hashCount: h, cohortCount: m, clearResponse: p, setResponse: q, permanentNoise: f)
    }
}

/// Against an independent script, which tries all pairs of values and all reports.
@Suite("google/rappor's parameters")
struct RapporParametersTests {
    struct Figures: Decodable {
        struct Row: Decodable {
            var k: Int, h: Int, m: Int, p: Double, q: Double, f: Double, clear: Double, set: Double
            var reportLoss: Double, permanentLoss: Double, detectionFrequency: Double, smallestShare: Double
        }
        struct Rounding: Decodable {
            var f: Double, python: Double, cpp: Double, java: Double
        }
        var figures: [Row], rounded: [Rounding]
    }

    private let vectors: Figures

    init() throws { vectors = try Fixtures.json("vectors/rappor_parameters.json") }

    @Test("lose exactly what the worst pair of values and the worst report lose, also where k is less than 2h")
    func losses() throws {
        for row in vectors.figures {
            let parameters = try RapporParameters(k: row.k, h: row.h, m: row.m, p: row.p, q: row.q, f: row.f)
            #expect(abs(parameters.clear - row.clear) < 1e-15 && abs(parameters.set - row.set) < 1e-15)
            #expect(abs(parameters.reportLoss - row.reportLoss) < 1e-12 * row.reportLoss, "\(row)")
            #expect(abs(parameters.permanentLoss - row.permanentLoss) < 1e-12 * row.permanentLoss, "\(row)")
        }
    }

    @Test("find what the sum over all filters of a candidate lets expect")
    func shares() throws {
        for row in vectors.figures {
            let parameters = try RapporParameters(k: row.k, h: row.h, m: row.m, p: row.p, q: row.q, f: row.f)
            let frequency = parameters.detectionFrequency(reportCount: 10_000, falseDetections: 0.05 / 20)
            let share = parameters.smallestShare(reportCount: 10_000, falseDetections: 0.05 / 20)
            #expect(abs(frequency - row.detectionFrequency) < 1e-9 * frequency, "\(row)")
            #expect(abs(share - row.smallestShare) < 1e-9 * share, "\(row)")
        }
    }

    @Test("have no bound where a bit is certain to tell")
    func infiniteLosses() throws {
        let noPermanentNoise = try RapporParameters(k: 8, h: 1, m: 1, p: 0.25, q: 0.75, f: 0)
        #expect(noPermanentNoise.permanentLoss == .infinity && noPermanentNoise.reportLoss.isFinite)
        let noNoise = try RapporParameters(k: 8, h: 1, m: 1, p: 0, q: 1, f: 0)
        #expect(noNoise.permanentLoss == .infinity && noNoise.reportLoss == .infinity)
        #expect(try RapporParameters(k: 1, h: 1, m: 1, p: 0, q: 1, f: 0).reportLoss == .infinity)
    }

    @Test("are rounded as each client rounds f")
    func rounding() throws {
        for row in vectors.rounded {
            #expect(RapporClient.python.realisedNoise(row.f) == row.python, "\(row)")
            #expect(RapporClient.cpp.realisedNoise(row.f) == row.cpp, "\(row)")
            #expect(RapporClient.java.realisedNoise(row.f) == row.java, "\(row)")
        }
        let parameters = try RapporParameters(k: 8, h: 1, m: 1, p: 0.25, q: 0.75, f: 0.995)
        #expect(throws: RapporParameters.Fault.informationIsLost) { try parameters.realised(by: .python) }
        #expect(try parameters.realised(by: .cpp).permanentNoise == 127.0 / 128)
    }

    @Test(
        "are refused where reports tell nothing, or a number is beyond its bounds",
        arguments: [
            (0, 1, 1, 0.25, 0.75, 0.5, RapporParameters.Fault.countOutOfRange(.k, 1...4096)),
            (4097, 1, 1, 0.25, 0.75, 0.5, .countOutOfRange(.k, 1...4096)),
            (8, 0, 1, 0.25, 0.75, 0.5, .countOutOfRange(.h, 1...256)),
            (8, 1, 0, 0.25, 0.75, 0.5, .countOutOfRange(.m, 1...65_536)),
            (4096, 1, 4097, 0.25, 0.75, 0.5, .productTooLarge(.k, limit: 1 << 24)),
            (8, 2, 32_769, 0.25, 0.75, 0.5, .productTooLarge(.h, limit: 1 << 16)),
            (8, 1, 1, -0.1, 0.75, 0.5, .probabilityOutOfRange(.p)),
            (8, 1, 1, 0.25, 1.1, 0.5, .probabilityOutOfRange(.q)),
            (8, 1, 1, 0.25, 0.75, .nan, .probabilityOutOfRange(.f)), (8, 1, 1, 0.5, 0.5, 0.5, .informationIsLost),
            (8, 1, 1, 0.25, 0.75, 1, .informationIsLost),
        ])
    func refused(k: Int, h: Int, m: Int, p: Double, q: Double, f: Double, fault: RapporParameters.Fault) {
        #expect(throws: fault) { try RapporParameters(k: k, h: h, m: m, p: p, q: q, f: f) }
    }
}

/// Against implementations of the clients' rules in Python.
@Suite("The filters of google/rappor's clients")
struct RapporFilterTests {
    struct Vectors: Decodable {
        struct Bits: Decodable {
            var k: Int, h: Int, cohort: Int, word: String, bits: [Int]
        }
        struct Table: Decodable {
            var rows: [Bits]
        }
        var bloomByte: Table, bloomJava16: Table, bloomCppBytes: Table
    }

    private let vectors: Vectors

    init() throws { vectors = try Fixtures.json("vectors/rappor.json") }

    private func expectBits(_ rows: [Vectors.Bits], client: RapporClient?) throws {
        for row in rows {
            let parameters = try RapporParameters(k: row.k, h: row.h, m: 128, p: 0.25, q: 0.75, f: 0.5)
            let filter = try RapporFilter(parameters, client: client)
            #expect(try filter.bits(of: Array(row.word.utf8), cohort: row.cohort) == row.bits, "\(row)")
        }
    }

    @Test("set Python's bits, C++'s of any number, and Java's, which differ")
    func bits() throws {
        try #require(vectors.bloomByte.rows.count == 500 && vectors.bloomJava16.rows.count == 54)
        try #require(vectors.bloomCppBytes.rows.contains { $0.k == 1024 } && vectors.bloomCppBytes.rows.count == 54)
        try expectBits(vectors.bloomByte.rows, client: .python)
        try expectBits(vectors.bloomByte.rows, client: nil)
        try expectBits(vectors.bloomCppBytes.rows, client: .cpp)
        try expectBits(vectors.bloomCppBytes.rows, client: nil)
        try expectBits(vectors.bloomJava16.rows, client: .java)
        // Or the vectors could not tell the rules apart.
        let byWord = Dictionary(grouping: vectors.bloomCppBytes.rows, by: { "\($0.k) \($0.cohort) \($0.word)" })
        let different = vectors.bloomJava16.rows.count {
            byWord["\($0.k) \($0.cohort) \($0.word)"]?.first?.bits != $0.bits
        }
        #expect(different >= 50)
    }

    @Test("take k and m that are no powers of two")
    func otherCounts() throws {
        let parameters = try RapporParameters(k: 10, h: 2, m: 3, p: 0.25, q: 0.75, f: 0.5)
        var row: [UInt8] = []
        // MD5 of 00000002 and "a" begins with a8 c4: 168 mod 10 and 196 mod 10.
        let filter = try RapporFilter(parameters, client: nil)
        #expect(try filter.bits(of: [0x61], cohort: 2) == expectedBits)
        try filter.appendMapRow(of: [0x61], cohortCount: 3, to: &row)
        #expect(
            String(decoding: row, as: UTF8.self).hasSuffix(
                ",\(20 + expectedBits[0] + 1),\(20 + expectedBits[1] + 1)\r\n"))
    }

    private let expectedBits = [8, 6]

    @Test("are refused where a digest has no bytes for them")
    func refused() throws {
        let wide = try RapporParameters(k: 512, h: 2, m: 1, p: 0.25, q: 0.75, f: 0.5)
        #expect(throws: RapporFilter.Fault.tooManyBits(limit: 256)) { try RapporFilter(wide, client: .python) }
        for (k, h, client, limit) in [(512, 9, RapporClient?.none, 8), (16, 9, .java, 8), (16, 17, .python, 16)] {
            let parameters = try RapporParameters(k: k, h: h, m: 1, p: 0.25, q: 0.75, f: 0.5)
            #expect(throws: RapporFilter.Fault.tooManyHashes(limit: limit)) {
                try RapporFilter(parameters, client: client)
            }
        }
    }
}
