import LocalPrivacy
import Mechanisms
import MetricDefinitions
import SecureRandomness
import TestSupport
import Testing

/// A memoized pair with one planted fault, to show that a law catches it.
struct FaultyPair: ExactlyAuditableLongitudinal {
    enum Fault: Sendable {
        case none, memoOfEachHalf, positionIgnored, wordsSharedByHalves, halfOfTheLoss, halfOfThePermanentLoss
    }

    static let identifier = "faulty_pair"

    var base: MemoizedPairedResponse
    var fault = Fault.none

    init(configuration: MemoizedPairedResponse.Configuration) throws(ParameterError) {
        base = try MemoizedPairedResponse(configuration: configuration)
    }

    /// Two memoized coins.
    init(fault: Fault) throws {
        let coin = ("randomized_response", 2)
        try self.init(configuration: .init(declared: PairTests.declared(coin, coin, isMemoized: true)))
        self.fault = fault
    }

    var configuration: MemoizedPairedResponse.Configuration { base.configuration }
    var epsilon: Epsilon { base.epsilon }
    var permanentEpsilon: Epsilon { base.permanentEpsilon }
    var loss: PrivacyLoss { fault == .halfOfTheLoss ? base.first.loss : base.loss }
    var instantaneousLoss: PrivacyLoss { base.instantaneousLoss }
    var shape: PairReport.Shape { base.shape }
    var permanentShape: PairReport.Shape { base.permanentShape }
    var noiseWordCount: Int { base.noiseWordCount }
    var auditedInputs: [MechanismInput] { base.auditedInputs }
    var allReports: [PairReport] { base.allReports }
    var allPermanentResponses: [PairReport] { base.allPermanentResponses }
    var likelihoodBitCount: Int { base.likelihoodBitCount }
    var stageLikelihoodBitCount: Int { base.stageLikelihoodBitCount }

    var permanentLoss: PrivacyLoss {
        let half = base.first as? any LongitudinalRandomizer
        return fault == .halfOfThePermanentLoss ? half?.permanentLoss ?? base.permanentLoss : base.permanentLoss
    }

    func canonicalBytes(of input: MechanismInput, on device: DeviceContext) throws(InputError) -> [UInt8] {
        try base.canonicalBytes(of: input, on: device)
    }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> PairReport {
        let honest = try base.input(from: input, on: device)
        guard fault == .memoOfEachHalf || fault == .positionIgnored, let noise = device.permanentNoise else {
            return honest
        }
        let parts: (MechanismInput, MechanismInput)
        if case .pair(let first, let second) = input { parts = (first, second) } else { parts = (.absent, .absent) }
        let shared: PermanentNoise
        do {
            let whole = try base.canonicalBytes(of: input, on: device)
            // Each half by its own value alone, or both by the pair and nothing else.
            shared = fault == .memoOfEachHalf ? noise : try noise.part(0, of: whole)
        } catch { return honest }
        func half(_ mechanism: any LocalRandomizer, _ input: MechanismInput, _ noise: PermanentNoise) -> [UInt8] {
            let memoized = mechanism as? any LongitudinalRandomizer
            return (try? memoized?.permanentResponse(to: input, on: DeviceContext(permanentNoise: noise))) ?? []
        }
        let second = fault == .memoOfEachHalf ? (try? noise.part(1, of: [])) ?? noise : shared
        let bytes = half(base.first, parts.0, shared) + half(base.second, parts.1, second)
        return (try? PairReport(decoding: bytes.span, shape: permanentShape)) ?? honest
    }

    func randomize<Source: NoiseSource & ~Copyable>(
        _ permanent: PairReport, using source: inout Source
    ) -> PairReport {
        guard fault == .wordsSharedByHalves else { return base.randomize(permanent, using: &source) }
        var words = (0..<base.noiseWordCount / 2).map { _ in source.next() }
        for _ in words { _ = source.next() }
        words += words
        var listed = ListedNoise(words)
        return base.randomize(permanent, using: &listed)
    }

    func likelihood(of report: PairReport, given item: Int) -> WideUnsigned { base.likelihood(of: report, given: item) }

    func permanentLikelihood(of permanent: PairReport, given item: Int) -> WideUnsigned {
        base.permanentLikelihood(of: permanent, given: item)
    }

    func instantaneousLikelihood(of report: PairReport, given permanent: PairReport) -> WideUnsigned {
        base.instantaneousLikelihood(of: report, given: permanent)
    }
}

@Suite("The laws, over a pair with a planted fault")
struct PairFaultTests {
    @Test("find responses that are kept for each half alone")
    func sharedMemosAreFound() throws {
        let breaches = try MechanismLaws.memoBreaches(of: FaultyPair(fault: .memoOfEachHalf))
        #expect(MechanismLaws.names(of: breaches) == [.permanentResponsesAreIndependent])
        #expect(try MechanismLaws.memoBreaches(of: FaultyPair(fault: .none)).isEmpty)
    }

    @Test("find noise that both halves share, in either stage", arguments: [FaultyPair.Fault.positionIgnored, .wordsSharedByHalves])
    func sharedNoiseIsFound(fault: FaultyPair.Fault) throws {
        func breaches(_ fault: FaultyPair.Fault) throws -> Set<MechanismLaw> {
            MechanismLaws.names(
                of: try MechanismLaws.samplingBreaches(of: FaultyPair(fault: fault), samplesPerItem: 1000))
        }
        #expect(try breaches(fault) == [.samplesFollowLikelihoods])
        #expect(try breaches(.none).isEmpty)
    }

    @Test("find a loss that counts one half alone")
    func halvedLossesAreFound() throws {
        #expect(
            MechanismLaws.likelihoodBreaches(of: try FaultyPair(fault: .halfOfTheLoss)).map(\.law)
                == [.lossIsTheWorstRatio])
        #expect(
            MechanismLaws.stageBreaches(of: try FaultyPair(fault: .halfOfThePermanentLoss)).map(\.law)
                == [.permanentRatiosWithinPermanentEpsilon])
        #expect(MechanismLaws.stageBreaches(of: try FaultyPair(fault: .none)).isEmpty)
    }
}
