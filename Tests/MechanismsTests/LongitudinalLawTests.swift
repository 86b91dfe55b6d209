import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("What several inputs share of a permanent response, the laws know of")
struct LongitudinalLawTests {
    @Test(
        "and find it where a mechanism says otherwise",
        arguments: [
            (FaultyLoloha.Fault.none, Set<MechanismLaw>()),
            (.noisePerItem, [.permanentResponsesAreIndependent]),
            (.memosDenied, [.permanentResponsesAreIndependent]),
            (.unevenHash, [.samplesFollowLikelihoods, .permanentResponsesAreIndependent]),
        ] as [(FaultyLoloha.Fault, Set<MechanismLaw>)])
    func faultsAreCaught(fault: FaultyLoloha.Fault, laws: Set<MechanismLaw>) throws {
        let breaches = try MechanismLaws.breaches(of: try FaultyLoloha(fault))
        #expect(MechanismLaws.names(of: breaches) == laws, "\(breaches.prefix(3))")
    }
}

/// LOLOHA with one planted fault, to show that a law catches it.
struct FaultyLoloha: ExactlyAuditableLongitudinal {
    enum Fault: Sendable {
        case none
        /// The permanent noise is of the item, so that items of one hash have responses of their own.
        case noisePerItem
        /// Every item is said to have a response of its own.
        case memosDenied
        /// Every device hashes as those of the second seed do.
        case unevenHash
    }

    static let identifier = "faulty_loloha"

    var base: Loloha
    var fault = Fault.none

    init(configuration: Loloha.Configuration) throws(ParameterError) { base = try Loloha(configuration: configuration) }

    init(_ fault: Fault) throws(ParameterError) {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1500), permanentEpsilon: try Epsilon(thousandths: 3000),
            domain: .items(3),
            reportsAbsence: false, parameters: ["hash_range": DeclaredNumber(2)])
        self = try FaultyLoloha(configuration: try .init(declared: declared))
        self.fault = fault
    }

    var configuration: Loloha.Configuration { base.configuration }
    var epsilon: Epsilon { base.epsilon }
    var permanentEpsilon: Epsilon { base.permanentEpsilon }
    var loss: PrivacyLoss { base.loss }
    var permanentLoss: PrivacyLoss { base.permanentLoss }
    var instantaneousLoss: PrivacyLoss { base.instantaneousLoss }
    var shape: PartitionedCategoryReport.Shape { base.shape }
    var permanentShape: PartitionedCategoryReport.Shape { base.permanentShape }
    var noiseWordCount: Int { base.noiseWordCount }
    var allReports: [PartitionedCategoryReport] { base.allReports }
    var allPermanentResponses: [PartitionedCategoryReport] { base.allPermanentResponses }
    var likelihoodBitCount: Int { base.likelihoodBitCount }
    var stageLikelihoodBitCount: Int { base.stageLikelihoodBitCount }
    var cohortCount: Int { base.cohortCount }

    func cohort(of permanent: PartitionedCategoryReport) -> Int { base.cohort(of: permanent) }

    func memo(of item: Int, in cohort: Int) -> Int { fault == .memosDenied ? item : base.memo(of: item, in: cohort) }

    func canonicalBytes(of input: MechanismInput, on device: DeviceContext) throws(InputError) -> [UInt8] {
        try base.canonicalBytes(of: input, on: device)
    }

    func input(
        from input: MechanismInput, on device: DeviceContext
    ) throws(InputError) -> PartitionedCategoryReport {
        let honest = try base.input(from: input, on: device)
        guard let noise = device.permanentNoise, case .item(let item) = input else { return honest }
        let words: NoiseWords, answer: Int
        do {
            switch fault {
            case .none, .memosDenied: return honest
            case .noisePerItem:
                words = try noise.words(for: CanonicalValue([UInt8(item)]), wordCount: 2)
                answer = base.hash.answer(to: item, seed: honest.partition)
            case .unevenHash:
                answer = base.hash.answer(to: item, seed: 1)
                words = try noise.words(for: CanonicalValue(number: UInt32(answer)), wordCount: 2)
            }
        } catch { throw .noRandomness(error) }
        let response = base.stages.permanent.respond(to: UInt64(answer), lieWord: words[0], otherWord: words[1])
        return PartitionedCategoryReport(partition: honest.partition, category: Int(response))
    }

    func randomize<Source: NoiseSource & ~Copyable>(
        _ permanent: PartitionedCategoryReport, using source: inout Source
    ) -> PartitionedCategoryReport { base.randomize(permanent, using: &source) }

    func likelihood(of report: PartitionedCategoryReport, given item: Int) -> WideUnsigned {
        base.likelihood(of: report, given: item)
    }

    func permanentLikelihood(of permanent: PartitionedCategoryReport, given item: Int) -> WideUnsigned {
        base.permanentLikelihood(of: permanent, given: item)
    }

    func instantaneousLikelihood(
        of report: PartitionedCategoryReport, given permanent: PartitionedCategoryReport
    ) -> WideUnsigned { base.instantaneousLikelihood(of: report, given: permanent) }
}
