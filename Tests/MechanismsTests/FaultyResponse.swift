import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness

/// Randomized response with one planted fault, to show that a law catches it.
struct FaultyResponse: LocalRandomizer, ExactlyAuditable {
    enum Fault: CaseIterable, Sendable {
        case none, understatedEpsilon, understatedLoss, overstatedLoss, categoryNeverChosen, categoryImpossible
        case truthAndLieSwapped, secondWordOnlyForLies, likelihoodOffByOne, moreNoiseThanDeclared
        case foreignItemsTaken, absenceTaken
    }

    static let identifier = "faulty_response"

    var base: RandomizedResponse
    var fault = Fault.none

    init(configuration: RandomizedResponse.Configuration) throws(ParameterError) {
        base = try RandomizedResponse(configuration: configuration)
    }

    init(categoryCount: Int, epsilon: Int, fault: Fault) throws(ParameterError) {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: epsilon), valueCount: categoryCount, reportsAbsence: false)
        var configuration = try RandomizedResponse.Configuration(declared: declared)
        if fault == .moreNoiseThanDeclared { configuration.lieThreshold += configuration.lieThreshold / 1000 }
        self = try FaultyResponse(configuration: configuration)
        self.fault = fault
    }

    var configuration: RandomizedResponse.Configuration { base.configuration }
    var shape: Int { base.shape }
    var noiseWordCount: Int { base.noiseWordCount }
    var allReports: [CategoryReport] { base.allReports }
    var likelihoodBitCount: Int { base.likelihoodBitCount }

    /// By 0.1 %: the integers are those of ε, the claim is less.
    private var understated: Epsilon? { try? Epsilon(thousandths: base.epsilon.thousandths * 999 / 1000) }

    var epsilon: Epsilon { fault == .understatedEpsilon ? understated ?? base.epsilon : base.epsilon }

    var loss: PrivacyLoss {
        switch fault {
        case .understatedLoss: understated.map { PrivacyLoss($0) } ?? base.loss
        case .overstatedLoss:
            (try? Epsilon(thousandths: base.epsilon.thousandths + 1)).map { PrivacyLoss($0) } ?? base.loss
        default: base.loss
        }
    }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Int {
        switch (fault, input) {
        case (.foreignItemsTaken, .item(let item)): return min(max(item, 0), shape - 1)
        case (.absenceTaken, .absent): return 0
        default: return try base.input(from: input, on: device)
        }
    }

    func randomize<Source: NoiseSource & ~Copyable>(_ value: Int, using source: inout Source) -> CategoryReport {
        let last = shape - 1
        switch fault {
        case .categoryNeverChosen, .categoryImpossible:
            let report = base.randomize(value, using: &source)
            return report.category == last && value != last ? CategoryReport(category: value) : report
        case .truthAndLieSwapped:
            let (lieWord, otherWord) = (source.next(), source.next())
            let swapped: UInt64 = lieWord < configuration.lieThreshold ? .max : 0
            return CategoryReport(
                category: Int(base.rule.respond(to: UInt64(value), lieWord: swapped, otherWord: otherWord)))
        case .secondWordOnlyForLies:
            let lieWord = source.next()
            guard lieWord < configuration.lieThreshold else { return CategoryReport(category: value) }
            return CategoryReport(
                category: Int(base.rule.respond(to: UInt64(value), lieWord: lieWord, otherWord: source.next())))
        default: return base.randomize(value, using: &source)
        }
    }

    func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        let likelihood = base.likelihood(of: report, given: item), last = shape - 1
        switch fault {
        case .likelihoodOffByOne where report.category == 0 && item == 1: return likelihood + WideUnsigned(1)
        case .categoryImpossible where item != last && report.category == last: return .zero
        case .categoryImpossible where item != last && report.category == item:
            return likelihood + base.likelihood(of: CategoryReport(category: last), given: item)
        default: return likelihood
        }
    }
}

/// Randomized response whose reports decode from bytes that no report encodes to.
struct LaxlyDecodedResponse: LocalRandomizer, ExactlyAuditable {
    /// A category that is not held against the domain.
    struct Report: ReportPayload {
        var category: Int

        static func byteCount(of categoryCount: Int) -> Int { 1 }

        init(category: Int) { self.category = category }

        init(decoding bytes: Span<UInt8>, shape categoryCount: Int) throws(ReportError) {
            guard bytes.count == 1 else { throw .wrongByteCount(actual: bytes.count, expected: 1) }
            category = Int(bytes[0])
        }

        func append(to bytes: inout [UInt8], shape categoryCount: Int) { bytes.append(UInt8(category)) }
    }

    static let identifier = "laxly_decoded_response"

    var base: RandomizedResponse

    init(configuration: RandomizedResponse.Configuration) throws(ParameterError) {
        base = try RandomizedResponse(configuration: configuration)
    }

    var configuration: RandomizedResponse.Configuration { base.configuration }
    var epsilon: Epsilon { base.epsilon }
    var loss: PrivacyLoss { base.loss }
    var shape: Int { base.shape }
    var noiseWordCount: Int { base.noiseWordCount }
    var allReports: [Report] { (0..<shape).map { Report(category: $0) } }
    var likelihoodBitCount: Int { base.likelihoodBitCount }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Int {
        try base.input(from: input, on: device)
    }

    func randomize<Source: NoiseSource & ~Copyable>(_ value: Int, using source: inout Source) -> Report {
        Report(category: base.randomize(value, using: &source).category)
    }

    func likelihood(of report: Report, given item: Int) -> WideUnsigned {
        base.likelihood(of: CategoryReport(category: report.category), given: item)
    }
}
