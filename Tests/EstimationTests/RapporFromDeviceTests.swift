import Estimation
import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

/// From what devices record to estimates, through the payloads and as a store keeps them, over three days.
@Suite("Reports of devices with secrets of their own")
struct RapporFromDeviceTests {
    /// The greatest error of any estimate in standard errors. Normal tails beyond 6.8 hold 10⁻¹¹.
    private static let tolerance = 6.8

    private static func reports<M: BitVectorRandomizer & FrequencyOracle>(
        of mechanism: M, about inputs: [MechanismInput], from noise: inout SeededNoise
    ) throws -> PooledReports<BitCounts> where M.Aggregate == BitCounts {
        let none = mechanism.makeAggregate(of: Fingerprint(value: 5))
        var days = (0..<3).map { PooledReports(none, on: UTCDay(containing: Int64($0) * 86_400)) }
        let definition = noise.bytes(count: 32)
        for input in inputs {
            let permanentNoise = try PermanentNoise(secret: noise.secret(), metric: 7, definitionHash: definition)
            for day in days.indices {
                // As after a restart: the permanent response is made again.
                let value = try mechanism.input(from: input, on: DeviceContext(permanentNoise: permanentNoise))
                let payload = mechanism.randomize(value, using: &noise).encoded(shape: mechanism.shape)
                let (partition, rest) = mechanism.stored(payload: payload)
                try days[day].count(on: UTCDay(containing: Int64(day) * 86_400)) { counts throws(ReportError) in
                    try mechanism.tally(rest.span, partition: partition, into: &counts)
                }
            }
        }
        var pooled = days[0]
        for day in days.dropFirst() { try pooled.merge(day) }
        return pooled
    }

    private static func worstError<M: BitVectorRandomizer & FrequencyOracle>(
        of mechanism: M, truths: [(input: MechanismInput, count: Int)], candidates: [MechanismInput], seed: UInt64
    ) throws -> Double where M.Aggregate == BitCounts {
        var noise = SeededNoise(seed: seed)
        let inputs = truths.flatMap { [MechanismInput](repeating: $0.input, count: $0.count) }
        let reports = try reports(of: mechanism, about: inputs, from: &noise)
        #expect(reports.reportCount == 3 * inputs.count && reports.countsByDay.count == 3)
        let estimates = try mechanism.estimates(of: candidates, from: reports, confidence: .standard) { _, _ in }
        return zip(candidates, estimates).map { candidate, estimate in
            let truth = truths.first { $0.input == candidate }?.count ?? 0
            return abs(estimate.count - Double(3 * truth)) / estimate.standardError
        }.max() ?? 0
    }

    @Test("are estimated by RAPPOR within their standard errors, also where some report no event")
    func rappor() throws {
        let mechanism = try RapporSimulation(bits: 16, hashes: 2, cohorts: 8, texts: []).mechanism
        func text(_ number: Int) -> MechanismInput { .text(Array("value \(number)".utf8)) }
        let worst = try Self.worstError(
            of: mechanism, truths: [(text(0), 900), (text(1), 500), (text(2), 200), (.absent, 400)],
            candidates: (0..<6).map(text), seed: 0x5eed_0330)
        #expect(worst < Self.tolerance)
        #expect(worst > 0.5, "errors as small as these would be no noise at all")
    }

    @Test("are estimated by basic RAPPOR within their standard errors, and so is absence")
    func basicRappor() throws {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), permanentEpsilon: try Epsilon(thousandths: 2000), valueCount: 70,
            reportsAbsence: true)
        let mechanism = try BasicRappor(configuration: .init(declared: declared))
        let worst = try Self.worstError(
            of: mechanism, truths: [(.item(0), 900), (.item(63), 500), (.item(69), 200), (.absent, 400)],
            candidates: (0..<70).map { .item($0) } + [.absent], seed: 0x5eed_0331)
        #expect(worst < Self.tolerance)
        #expect(worst > 0.5, "errors as small as these would be no noise at all")
    }
}
