import Estimation
import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness

/// Randomized response with one planted fault in the analyst's role; what devices send is as it should be.
struct FaultyOracle: AuditableOracle {
    enum Fault: CaseIterable {
        case supportProbabilitiesSwapped
        case reportsCountedTwice
        case reportsCountedByTheByte
        case lastReportOfABlobDropped
        case outOfDomainValuesSkipped
        case varianceOfAbsenceForAll
        case devicesDrawnAnew
        case intervalOfTooSmallAVariance
        case pValueOfLessThanHalfTheTail
    }

    static let identifier = "faulty_randomized_response"
    let sound: RandomizedResponse
    let fault: Fault?

    init(configuration: RandomizedResponse.Configuration) throws(ParameterError) {
        self.init(try RandomizedResponse(configuration: configuration), nil)
    }

    init(_ sound: RandomizedResponse, _ fault: Fault?) { (self.sound, self.fault) = (sound, fault) }

    var configuration: RandomizedResponse.Configuration { sound.configuration }
    var epsilon: Epsilon { sound.epsilon }
    var loss: PrivacyLoss { sound.loss }
    var shape: Int { sound.shape }
    var noiseWordCount: Int { sound.noiseWordCount }
    var allReports: [CategoryReport] { sound.allReports }
    var likelihoodBitCount: Int { sound.likelihoodBitCount }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Int {
        try sound.input(from: input, on: device)
    }

    func randomize<Source: NoiseSource & ~Copyable>(_ value: Int, using source: inout Source) -> CategoryReport {
        sound.randomize(value, using: &source)
    }

    func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        sound.likelihood(of: report, given: item)
    }

    var support: SupportProbabilities {
        guard fault == .supportProbabilitiesSwapped else { return sound.support }
        // The estimator as it comes out with p* and q* exchanged, up to the sign that no gap may have.
        return SupportProbabilities(
            truthful: sound.spuriousSupport, spurious: sound.truthfulSupport, gap: sound.support.gap)
    }

    func makeAggregate(of definition: Fingerprint) -> SupportCounts { sound.makeAggregate(of: definition) }

    func absorb(_ report: CategoryReport, into aggregate: inout SupportCounts) {
        sound.absorb(report, into: &aggregate)
        if fault == .reportsCountedTwice { sound.absorb(report, into: &aggregate) }
    }

    func tally(_ payloads: Span<UInt8>, partition: Int, into aggregate: inout SupportCounts) throws(ReportError) {
        let stride = payloadByteCount
        switch fault {
        case .reportsCountedByTheByte:
            for index in 0..<payloads.count {
                let byte = payloads.extracting(index..<index + 1)
                absorb(try CategoryReport(decoding: byte, shape: min(256, shape)), into: &aggregate)
            }
        case .lastReportOfABlobDropped:
            try sound.tally(payloads.extracting(0..<max(0, payloads.count - stride)), partition: 0, into: &aggregate)
        case .outOfDomainValuesSkipped:
            for index in Swift.stride(from: 0, to: payloads.count / stride * stride, by: stride) {
                let payload = payloads.extracting(index..<index + stride)
                if let report = try? CategoryReport(decoding: payload, shape: shape) {
                    absorb(report, into: &aggregate)
                }
            }
        default:
            for index in Swift.stride(from: 0, to: payloads.count, by: stride) {
                let payload = payloads.extracting(index..<min(index + stride, payloads.count))
                absorb(try CategoryReport(decoding: payload, shape: shape), into: &aggregate)
            }
        }
    }

    func estimates(from reports: PooledReports<SupportCounts>, confidence: ConfidenceLevel) -> [FrequencyEstimate] {
        let model = SupportModel(reportCount: max(1, reports.reportCount), support: support, noise: .independent)
        return reports.aggregate.support.map { supportCount in
            let estimate = model.estimate(supportCount: supportCount, confidence: confidence, detectionThreshold: 0)
            return spoiled(estimate, reportCount: Double(reports.reportCount))
        }
    }

    private func spoiled(_ sound: FrequencyEstimate, reportCount: Double) -> FrequencyEstimate {
        var (standardError, interval, pValue) = (sound.standardError, sound.interval, sound.pValue)
        let noiseOfAbsence = spuriousSupport * (1 - spuriousSupport) * reportCount
        let frequency = min(max(sound.frequency, 0), 1)
        switch fault {
        case .varianceOfAbsenceForAll: standardError = noiseOfAbsence.squareRoot() / support.gap
        case .devicesDrawnAnew:
            let drawn = reportCount * frequency * (1 - frequency)
            standardError = (standardError * standardError + drawn).squareRoot()
        case .intervalOfTooSmallAVariance:
            let half = 1.9 * standardError / reportCount
            interval = sound.frequency - half...sound.frequency + half
        case .pValueOfLessThanHalfTheTail: pValue *= 0.45
        default: break
        }
        return FrequencyEstimate(
            count: sound.count, standardError: standardError, frequency: sound.frequency, interval: interval,
            pValue: pValue, isDetected: sound.isDetected)
    }
}
