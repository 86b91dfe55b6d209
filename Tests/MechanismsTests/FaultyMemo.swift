import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport

/// Memoized randomized response with one planted fault, to show that a law catches it.
struct FaultyMemo: ExactlyAuditableLongitudinal {
    enum Fault: Sendable {
        case none, understatedPermanentEpsilon, understatedInstantaneousLoss, noiseSharedByItems, drawnAnew
        case memoNotPerturbed
    }

    static let identifier = "faulty_memo"

    var base: MemoizedRandomizedResponse
    var fault = Fault.none

    init(configuration: MemoizedRandomizedResponse.Configuration) throws(ParameterError) {
        base = try MemoizedRandomizedResponse(configuration: configuration)
    }

    init(valueCount: Int, epsilon: Int, permanentEpsilon: Int, fault: Fault) throws(ParameterError) {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: epsilon), permanentEpsilon: try Epsilon(thousandths: permanentEpsilon),
            valueCount: valueCount, reportsAbsence: false)
        self = try FaultyMemo(configuration: try .init(declared: declared))
        self.fault = fault
    }

    var configuration: MemoizedRandomizedResponse.Configuration { base.configuration }
    var epsilon: Epsilon { base.epsilon }
    var loss: PrivacyLoss { base.loss }
    var permanentLoss: PrivacyLoss { base.permanentLoss }
    var shape: Int { base.shape }
    var permanentShape: Int { base.permanentShape }
    var noiseWordCount: Int { base.noiseWordCount }
    var allReports: [CategoryReport] { base.allReports }
    var allPermanentResponses: [CategoryReport] { base.allPermanentResponses }
    var likelihoodBitCount: Int { base.likelihoodBitCount }
    var stageLikelihoodBitCount: Int { base.stageLikelihoodBitCount }

    var permanentEpsilon: Epsilon {
        guard fault == .understatedPermanentEpsilon else { return base.permanentEpsilon }
        return (try? Epsilon(thousandths: base.permanentEpsilon.thousandths * 999 / 1000)) ?? base.permanentEpsilon
    }

    var instantaneousLoss: PrivacyLoss {
        // The loss of one report over both stages is smaller: the permanent noise is in it.
        fault == .understatedInstantaneousLoss ? base.loss : base.instantaneousLoss
    }

    func canonicalBytes(of input: MechanismInput, on device: DeviceContext) throws(InputError) -> [UInt8] {
        try base.canonicalBytes(of: input, on: device)
    }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> CategoryReport {
        let honest = try base.input(from: input, on: device)
        guard let noise = device.permanentNoise, case .item(let item) = input else { return honest }
        do {
            switch fault {
            case .noiseSharedByItems:
                return respond(to: item, with: [UInt64](try noise.words(for: CanonicalValue([]), wordCount: 2)))
            case .drawnAnew:
                var fresh = try FreshNoise(wordCount: 2)
                return respond(to: item, with: [fresh.next(), fresh.next()])
            default: return honest
            }
        } catch { throw .noRandomness(error) }
    }

    private func respond(to item: Int, with words: [UInt64]) -> CategoryReport {
        CategoryReport(
            category: Int(base.stages.permanent.respond(to: UInt64(item), lieWord: words[0], otherWord: words[1])))
    }

    func randomize<Source: NoiseSource & ~Copyable>(
        _ permanent: CategoryReport, using source: inout Source
    ) -> CategoryReport {
        let report = base.randomize(permanent, using: &source)
        return fault == .memoNotPerturbed ? permanent : report
    }

    func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        base.likelihood(of: report, given: item)
    }

    func permanentLikelihood(of permanent: CategoryReport, given item: Int) -> WideUnsigned {
        base.permanentLikelihood(of: permanent, given: item)
    }

    func instantaneousLikelihood(of report: CategoryReport, given permanent: CategoryReport) -> WideUnsigned {
        base.instantaneousLikelihood(of: report, given: permanent)
    }
}
