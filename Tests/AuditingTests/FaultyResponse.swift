import Estimation
import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness

/// Randomized response with one planted fault in what a device samples, what is claimed of it, or what an analyst makes
/// of it.
struct FaultyResponse: PureFrequencyOracle, ExactlyAuditable {
    enum Fault {
        // What is sampled differs from what is claimed.
        case truthTwoPercentTooLikely
        case biasedModulo
        case lastCategoryLeftOut
        case noNoise
        case nothingButNoise
        case answersSwapped
        case secondWordOnlyForLies
        // What is claimed is too much.
        case thresholdRoundedDown
        case thresholdOfTwiceTheEpsilon
        case likelihoodsOfTooManyCategories
        case lossStatedTooLow
        // What is estimated.
        case reportsCountedTwice
        case estimatedWithAnotherQ
        case intervalOfAbsenceForAll
        case standardErrorHalved
    }

    static let identifier = "faulty_randomized_response"
    let sound: RandomizedResponse
    let fault: Fault?
    private let sampled: ResponseRule<UInt64>

    init(configuration: RandomizedResponse.Configuration) throws(ParameterError) {
        try self.init(try RandomizedResponse(configuration: configuration), nil)
    }

    init(_ sound: RandomizedResponse, _ fault: Fault?) throws(ParameterError) {
        (self.sound, self.fault) = (sound, fault)
        let threshold = sound.rule.lieThreshold
        let faulty: UInt64
        switch fault {
        case .truthTwoPercentTooLikely: faulty = threshold - (0 &- threshold) / 50
        case .thresholdRoundedDown: faulty = threshold - 1
        case .thresholdOfTwiceTheEpsilon:
            faulty = ResponseRule.smallestLieThreshold(
                categoryCount: sound.shape, epsilon: try Epsilon(thousandths: 2 * sound.epsilon.thousandths))
        default: faulty = threshold
        }
        sampled = try ResponseRule(categoryCount: sound.shape, lieThreshold: faulty)
    }

    var configuration: RandomizedResponse.Configuration { sound.configuration }
    var epsilon: Epsilon { sound.epsilon }
    var shape: Int { sound.shape }
    var noiseWordCount: Int { sound.noiseWordCount }
    var allReports: [CategoryReport] { sound.allReports }
    var likelihoodBitCount: Int { sound.likelihoodBitCount }

    var loss: PrivacyLoss {
        guard fault == .lossStatedTooLow, let half = try? Epsilon(thousandths: epsilon.thousandths / 2) else {
            return sound.loss
        }
        return PrivacyLoss(half)
    }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Int {
        try sound.input(from: input, on: device)
    }

    func randomize<Source: NoiseSource & ~Copyable>(_ value: Int, using source: inout Source) -> CategoryReport {
        let lieWord = source.next()
        let lies = lieWord < sampled.lieThreshold
        if fault == .secondWordOnlyForLies, !lies { return CategoryReport(category: value) }
        let otherWord = source.next(), count = UInt64(shape)
        switch fault {
        case .noNoise: return CategoryReport(category: value)
        case .nothingButNoise: return CategoryReport(category: Int(otherWord % count))
        case .answersSwapped:
            return CategoryReport(
                category: Int(sampled.respond(to: UInt64(value), lieWord: lies ? .max : 0, otherWord: otherWord)))
        case .biasedModulo where lies:
            // Four bits modulo the number of others, as if 16 were a multiple of it.
            return CategoryReport(category: (value + 1 + Int(otherWord & 0xF % (count - 1))) % shape)
        case .lastCategoryLeftOut where lies:
            return CategoryReport(category: (value + 1 + Int(otherWord % (count - 2))) % shape)
        default:
            return CategoryReport(
                category: Int(sampled.respond(to: UInt64(value), lieWord: lieWord, otherWord: otherWord)))
        }
    }

    func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        switch fault {
        case .thresholdRoundedDown, .thresholdOfTwiceTheEpsilon:
            sampled.likelihood(of: report.category, given: item)
        case .likelihoodsOfTooManyCategories where report.category == item:
            sound.likelihood(of: report, given: item) + WideUnsigned(1)
        default: sound.likelihood(of: report, given: item)
        }
    }

    var support: SupportProbabilities { sound.support }

    func makeAggregate(of definition: Fingerprint) -> SupportCounts { sound.makeAggregate(of: definition) }

    func absorb(_ report: CategoryReport, into aggregate: inout SupportCounts) {
        sound.absorb(report, into: &aggregate)
        if fault == .reportsCountedTwice { sound.absorb(report, into: &aggregate) }
    }

    func estimates(from reports: PooledReports<SupportCounts>, confidence: ConfidenceLevel) -> [FrequencyEstimate] {
        let q = sound.spuriousSupport
        return sound.estimates(from: reports, confidence: confidence).map { estimate in
            let half = (estimate.interval.upperBound - estimate.interval.lowerBound) / 2
            switch fault {
            case .estimatedWithAnotherQ:
                let shift = 0.1 * q / sound.support.gap
                return estimate.with(
                    frequency: estimate.frequency - shift,
                    interval: estimate.interval.lowerBound - shift...estimate.interval.upperBound - shift)
            case .intervalOfAbsenceForAll:
                let none = (q * (1 - q) / Double(reports.reportCount)).squareRoot() / sound.support.gap
                return estimate.with(interval: estimate.frequency - 1.96 * none...estimate.frequency + 1.96 * none)
            case .standardErrorHalved:
                return estimate.with(
                    standardError: estimate.standardError / 2,
                    interval: estimate.frequency - half...estimate.frequency + half)
            default: return estimate
            }
        }
    }
}

extension FrequencyEstimate {
    fileprivate func with(
        frequency: Double? = nil, standardError: Double? = nil, interval: ClosedRange<Double>
    ) -> FrequencyEstimate {
        FrequencyEstimate(
            count: count, standardError: standardError ?? self.standardError, frequency: frequency ?? self.frequency,
            interval: interval, pValue: pValue, isDetected: isDetected)
    }
}
