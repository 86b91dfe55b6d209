import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import Synchronization

/// Memoized randomized response with one planted fault in what a device keeps or what is claimed of it.
struct FaultyMemory: ExactlyAuditableLongitudinal {
    enum Fault {
        case redrawnEveryTime
        case oneNoiseForAllValues
        case freshNoiseMissing
        case permanentThresholdOfFourTimesTheEpsilon
        case stagesThatDoNotMakeTheReport
        case freshLossStatedTooLow
    }

    static let identifier = "faulty_memoized_randomized_response"
    let sound: MemoizedRandomizedResponse
    let fault: Fault?
    private let permanent: ResponseRule<UInt64>
    private static let drawCount = Atomic<Int>(0)

    init(configuration: MemoizedRandomizedResponse.Configuration) throws(ParameterError) {
        try self.init(try MemoizedRandomizedResponse(configuration: configuration), nil)
    }

    init(_ sound: MemoizedRandomizedResponse, _ fault: Fault?) throws(ParameterError) {
        (self.sound, self.fault) = (sound, fault)
        let isLoud = fault == .permanentThresholdOfFourTimesTheEpsilon
        let epsilon = try Epsilon(thousandths: sound.permanentEpsilon.thousandths * (isLoud ? 4 : 1))
        permanent = try ResponseRule(
            categoryCount: sound.shape,
            lieThreshold: ResponseRule.smallestLieThreshold(categoryCount: sound.shape, epsilon: epsilon))
    }

    var configuration: MemoizedRandomizedResponse.Configuration { sound.configuration }
    var epsilon: Epsilon { sound.epsilon }
    var permanentEpsilon: Epsilon { sound.permanentEpsilon }
    var loss: PrivacyLoss { sound.loss }
    var permanentLoss: PrivacyLoss { sound.permanentLoss }
    var shape: Int { sound.shape }
    var permanentShape: Int { sound.permanentShape }
    var noiseWordCount: Int { sound.noiseWordCount }
    var allReports: [CategoryReport] { sound.allReports }
    var allPermanentResponses: [CategoryReport] { sound.allPermanentResponses }
    var likelihoodBitCount: Int { sound.likelihoodBitCount }
    var stageLikelihoodBitCount: Int { sound.stageLikelihoodBitCount }

    var instantaneousLoss: PrivacyLoss {
        guard fault == .freshLossStatedTooLow, let low = try? Epsilon(thousandths: 1) else {
            return sound.instantaneousLoss
        }
        return PrivacyLoss(low)
    }

    func canonicalBytes(of input: MechanismInput, on device: DeviceContext) throws(InputError) -> [UInt8] {
        try sound.canonicalBytes(of: input, on: device)
    }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> CategoryReport {
        guard let noise = device.permanentNoise else { throw .permanentNoiseMissing }
        var bytes = try canonicalBytes(of: input, on: device)
        let item = UInt64(bytes[0])
        if fault == .oneNoiseForAllValues { bytes = [] }
        if fault == .redrawnEveryTime {
            let count = Self.drawCount.add(1, ordering: .relaxed).newValue
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
        }
        let words: NoiseWords
        do { words = try noise.words(for: CanonicalValue(bytes), wordCount: 2) } catch { throw .noRandomness(error) }
        return CategoryReport(category: Int(permanent.respond(to: item, lieWord: words[0], otherWord: words[1])))
    }

    func randomize<Source: NoiseSource & ~Copyable>(
        _ value: CategoryReport, using source: inout Source
    ) -> CategoryReport {
        let report = sound.randomize(value, using: &source)
        return fault == .freshNoiseMissing ? value : report
    }

    func permanentLikelihood(of response: CategoryReport, given item: Int) -> WideUnsigned {
        permanent.likelihood(of: response.category, given: item)
    }

    func instantaneousLikelihood(of report: CategoryReport, given response: CategoryReport) -> WideUnsigned {
        sound.instantaneousLikelihood(of: report, given: response)
    }

    func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        // As if the fresh stage alone were the mechanism.
        guard fault == .stagesThatDoNotMakeTheReport else { return sound.likelihood(of: report, given: item) }
        return sound.stages.instantaneous.likelihood(of: report.category, given: item) << 128
    }
}
