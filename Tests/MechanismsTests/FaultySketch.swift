import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness

/// A count mean sketch with one planted fault.
struct FaultySketch: LocalRandomizer, ExactlyAuditable {
    enum Fault: Sendable {
        case none
        /// Only every other row is ever drawn.
        case rowNotUniform
        /// Each of the two bits that differ spends the whole ε.
        case epsilonForHalfOfIt
        case absenceHashedLikeNoText
        case absenceTakenWhereNotReported
        /// The bit of the place is sent as it is.
        case placeNotFlipped
        /// The same, in what is written where it is encoded alone.
        case placeWritten
    }

    static let identifier = "faulty_sketch"

    /// The sketch whose likelihoods are claimed.
    var base: CountMeanSketch
    var fault = Fault.none
    var claimedEpsilon: Epsilon

    init(configuration: CountMeanSketch.Configuration) throws(ParameterError) {
        base = try CountMeanSketch(configuration: configuration)
        claimedEpsilon = base.epsilon
    }

    init(epsilon: Int, reportsAbsence: Bool, fault: Fault) throws(ParameterError) {
        let factor = fault == .epsilonForHalfOfIt ? 2 : 1
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: epsilon * factor), domain: .text, reportsAbsence: reportsAbsence,
            parameters: ["rows": DeclaredNumber(2), "width": DeclaredNumber(4)])
        try self.init(configuration: .init(declared: declared))
        (self.fault, claimedEpsilon) = (fault, try Epsilon(thousandths: epsilon))
    }

    var configuration: CountMeanSketch.Configuration { base.configuration }
    var epsilon: Epsilon { claimedEpsilon }
    var loss: PrivacyLoss { base.loss }
    var shape: BitVectorReport.Shape { base.shape }
    var noiseWordCount: Int { base.noiseWordCount }
    var auditedInputs: [MechanismInput] { base.auditedInputs }
    var allReports: [BitVectorReport] { base.allReports }
    var likelihoodBitCount: Int { base.likelihoodBitCount }
    var unspentAllowanceNanonats: Int { base.unspentAllowanceNanonats }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> SketchKey {
        switch (fault, input) {
        case (.absenceHashedLikeNoText, .absent), (.absenceTakenWhereNotReported, .absent):
            try base.input(from: .text([]), on: device)
        default: try base.input(from: input, on: device)
        }
    }

    func randomize<Source: NoiseSource & ~Copyable>(
        _ value: SketchKey, using source: inout Source
    ) -> BitVectorReport {
        let report = base.randomize(value, using: &source)
        switch fault {
        case .rowNotUniform: return BitVectorReport(partition: report.partition & ~1, words: report.words)
        case .placeNotFlipped:
            let place = base.row(report.partition).place(of: value)
            return BitVectorReport(partition: report.partition, words: [report.words[0] | 1 << UInt64(place)])
        default: return report
        }
    }

    func appendPayload<Source: NoiseSource & ~Copyable>(
        about value: SketchKey, using source: inout Source, to bytes: inout [UInt8]
    ) {
        let report = randomize(value, using: &source)
        let place = base.row(report.partition).place(of: value)
        let words = fault == .placeWritten ? [report.words[0] | 1 << UInt64(place)] : report.words
        BitVectorReport(partition: report.partition, words: words).append(to: &bytes, shape: shape)
    }

    func likelihood(of report: BitVectorReport, given item: Int) -> WideUnsigned {
        base.likelihood(of: report, given: item)
    }
}

/// A one-bit mean whose lower end makes a 1 with fewer words than its threshold.
struct FaultyMean: LocalRandomizer, ExactlyAuditable {
    static let identifier = "faulty_mean"

    var base: OneBitMean

    init(configuration: OneBitMean.Configuration) throws(ParameterError) {
        base = try OneBitMean(configuration: configuration)
    }

    var configuration: OneBitMean.Configuration { base.configuration }
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

    private func onesNumerator(of place: UInt64) -> UInt64 {
        place == 0 ? configuration.lieThreshold / 2 : base.onesNumerator(of: place)
    }

    func randomize<Source: NoiseSource & ~Copyable>(_ value: UInt64, using source: inout Source) -> CategoryReport {
        CategoryReport(category: source.next() < onesNumerator(of: value) ? 1 : 0)
    }

    func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        guard case .place(let place) = auditedInputs[item] else { return .zero }
        let ones = onesNumerator(of: place)
        return WideUnsigned(report.category == 1 ? ones : 0 &- ones)
    }
}
