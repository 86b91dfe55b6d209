import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness

/// A square wave with one planted fault, to show that a law catches it.
struct FaultyWave: LocalRandomizer, ExactlyAuditable {
    enum Fault: CaseIterable, Sendable {
        case none, windowCutAtTheEnd, restOverTheWindow, oneWordForBoth, bucketFromTheWrongSide
    }

    static let identifier = "faulty_wave"

    var base: SquareWave
    var fault = Fault.none

    init(configuration: SquareWave.Configuration) throws(ParameterError) {
        base = try SquareWave(configuration: configuration)
    }

    init(buckets: Int32, epsilon: Int, fault: Fault) throws(ParameterError) {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: epsilon), domain: .range, reportsAbsence: false,
            parameters: ["buckets": DeclaredNumber(buckets)])
        self = try FaultyWave(configuration: try SquareWave.Configuration(declared: declared))
        self.fault = fault
    }

    var configuration: SquareWave.Configuration { base.configuration }
    var epsilon: Epsilon { base.epsilon }
    var loss: PrivacyLoss { base.loss }
    var shape: Int { base.shape }
    var noiseWordCount: Int { base.noiseWordCount }
    var auditedInputs: [MechanismInput] { base.auditedInputs }
    var allReports: [CategoryReport] { base.allReports }
    var likelihoodBitCount: Int { base.likelihoodBitCount }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> UInt64 {
        try base.input(from: input, on: device)
    }

    func randomize<Source: NoiseSource & ~Copyable>(_ value: UInt64, using source: inout Source) -> CategoryReport {
        let (side, inside, outside) = (source.next(), source.next(), source.next())
        let window = base.window
        func report(_ output: UInt64) -> CategoryReport { CategoryReport(category: Int(output)) }
        switch fault {
        case .oneWordForBoth:
            return report(window.respond(to: value, sideWord: side, insideWord: side, outsideWord: side))
        case .bucketFromTheWrongSide:
            let mirrored = UInt64(window.cellCount - 1) - value
            return report(window.respond(to: mirrored, sideWord: side, insideWord: inside, outsideWord: outside))
        case .restOverTheWindow where side < window.outsideThreshold:
            return report(outside.multipliedFullWidth(by: UInt64(window.outputCount)).high)
        default:
            return report(window.respond(to: value, sideWord: side, insideWord: inside, outsideWord: outside))
        }
    }

    /// Windows that end where the buckets do: what lies beyond is made the last bucket's, so that some are narrower.
    func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        let (last, window) = (base.window.cellCount - 1, base.window)
        guard fault == .windowCutAtTheEnd, report.category >= last, window.isInside(report.category, of: item) else {
            return base.likelihood(of: report, given: item)
        }
        guard report.category == last else { return .zero }
        return (last..<item + window.width).reduce(WideUnsigned.zero) { sum, output in
            sum + base.likelihood(of: CategoryReport(category: output), given: item)
        }
    }
}

/// d-bit flip with one planted fault.
struct FaultyFlips: LocalRandomizer, ExactlyAuditable {
    enum Fault: CaseIterable, Sendable {
        case none, ownBucketAlwaysSampled, wholeEpsilonForEachBit, ownBitKept
    }

    static let identifier = "faulty_flips"

    var base: DBitFlip
    var fault = Fault.none

    init(configuration: DBitFlip.Configuration) throws(ParameterError) {
        base = try DBitFlip(configuration: configuration)
        (epsilon, loss) = (base.epsilon, base.loss)
    }

    /// Two of four buckets. Where each bit is given the whole of ε, the base is sound for twice as much, and claims it.
    init(epsilon: Int, fault: Fault) throws(ParameterError) {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: fault == .wholeEpsilonForEachBit ? 2 * epsilon : epsilon), domain: .range,
            reportsAbsence: false, parameters: ["buckets": DeclaredNumber(4), "sampled_buckets": DeclaredNumber(2)])
        self = try FaultyFlips(configuration: try DBitFlip.Configuration(declared: declared))
        (self.fault, self.epsilon) = (fault, try Epsilon(thousandths: epsilon))
        loss = fault == .wholeEpsilonForEachBit ? PrivacyLoss(self.epsilon) : base.loss
    }

    var epsilon: Epsilon
    var loss: PrivacyLoss
    var configuration: DBitFlip.Configuration { base.configuration }
    var shape: SampledBitsReport.Shape { base.shape }
    var noiseWordCount: Int { base.noiseWordCount }
    var auditedInputs: [MechanismInput] { base.auditedInputs }
    var allReports: [SampledBitsReport] { base.allReports }
    var likelihoodBitCount: Int { base.likelihoodBitCount }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> UInt64 {
        try base.input(from: input, on: device)
    }

    func randomize<Source: NoiseSource & ~Copyable>(
        _ value: UInt64, using source: inout Source
    ) -> SampledBitsReport {
        let report = base.randomize(value, using: &source)
        let own = (1 as UInt64) << value
        switch fault {
        case .ownBucketAlwaysSampled where report.sampled[0] & own == 0:
            // In the place of the lowest one that was.
            let lowest = report.sampled[0] & (0 &- report.sampled[0])
            let bit = report.bits[0] & lowest != 0 ? own : 0
            return SampledBitsReport(
                sampled: [report.sampled[0] & ~lowest | own], bits: [report.bits[0] & ~lowest | bit])
        case .ownBitKept:
            return SampledBitsReport(sampled: report.sampled, bits: [report.bits[0] | own & report.sampled[0]])
        default: return report
        }
    }

    func likelihood(of report: SampledBitsReport, given item: Int) -> WideUnsigned {
        base.likelihood(of: report, given: item)
    }
}
