public import LocalPrivacy
public import Mechanisms
internal import ReportFormat
public import SecureRandomness

/// Two values of one event, each randomized by a memoized mechanism of its own, in one report.
///
/// - Releases a report of each mechanism. The permanent responses (PRR) are drawn for the pair: those to (a, b) and to
///   (a, c) are independent in both halves, although both hold a. The cohort, where the mechanisms have cohorts, is one
///   for both, and stands in the report once.
/// - ε: the four claims of <doc:MemoizedRandomizedResponse> for pairs as values, each with the sum of both mechanisms'
///   numbers. Were a's response kept for every pair with a, then of two histories with the pairs (a, b), (a, c) and
///   (a, b), (d, c) a collector could tell whether the first half's response was drawn once or twice, and claim 3 would
///   not hold.
/// - Estimator: as <doc:PairedResponse>.
/// - Source: [EPK14] §3, [FPE16] §3. Derivation: <doc:MemoizedPairedResponse>.
public struct MemoizedPairedResponse: PairRandomizer, LongitudinalRandomizer {
    public static let identifier = PairedResponse.identifier

    /// The integers of both mechanisms.
    public struct Configuration: PairConfiguration {
        public static let isMemoized = true
        public let first, second: PairComponent

        public init(first: PairComponent, second: PairComponent) { (self.first, self.second) = (first, second) }
    }

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let permanentEpsilon: Epsilon
    public let loss: PrivacyLoss
    public let permanentLoss: PrivacyLoss
    public let instantaneousLoss: PrivacyLoss
    public let shape: PairReport.Shape
    public let permanentShape: PairReport.Shape
    let halves: (first: any LongitudinalRandomizer, second: any LongitudinalRandomizer)

    public init(configuration: Configuration) throws(ParameterError) {
        let made = try configuration.randomizers()
        guard let first = made.first as? any LongitudinalRandomizer,
            let second = made.second as? any LongitudinalRandomizer
        else { preconditionFailure("a memoized pair looks for memoized mechanisms") }
        let counts = (first.pairedCohortCount, second.pairedCohortCount)
        guard counts.0 == counts.1 || counts.0 == 1 || counts.1 == 1 else {
            throw .cohortCountsDiffer(first: counts.0, second: counts.1)
        }
        epsilon = try Configuration.sum(first.epsilon, second.epsilon)
        permanentEpsilon = try Configuration.sum(first.permanentEpsilon, second.permanentEpsilon)
        loss = first.loss.adding(second.loss)
        permanentLoss = first.permanentLoss.adding(second.permanentLoss)
        instantaneousLoss = first.instantaneousLoss.adding(second.instantaneousLoss)
        let (lead, otherLead) = (first.partitionByteCount, second.partitionByteCount)
        shape = PairReport.Shape(first: first.half(sharing: lead), second: second.half(sharing: otherLead))
        permanentShape = PairReport.Shape(
            first: first.permanentHalf(sharing: lead), second: second.permanentHalf(sharing: otherLead))
        halves = (first, second)
        self.configuration = configuration
    }

    public var first: any LocalRandomizer { halves.first }

    public var second: any LocalRandomizer { halves.second }

    /// As many as there are pairs of permanent responses.
    public var distinctResponseLimit: Int {
        let (product, overflow) = halves.first.distinctResponseLimit.multipliedReportingOverflow(
            by: halves.second.distinctResponseLimit)
        return overflow ? .max : product
    }

    public var memoizedUnit: String { "pair" }

    /// Both permanent responses, in one cohort.
    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> PairReport {
        let parts = try configuration.parts(of: input)
        var whole = try canonicalBytes(of: input, on: device)
        defer { wipe(&whole) }
        guard let noise = device.permanentNoise else { throw .permanentNoiseMissing }
        let (firstNoise, secondNoise): (PermanentNoise, PermanentNoise)
        do { (firstNoise, secondNoise) = (try noise.part(0, of: whole), try noise.part(1, of: whole)) } catch {
            throw .noRandomness(error)
        }
        return PairReport(
            first: try halves.first.permanentBytes(
                of: parts.first, on: DeviceContext(permanentNoise: firstNoise)),
            second: try halves.second.permanentBytes(
                of: parts.second, on: DeviceContext(permanentNoise: secondNoise)))
    }

    /// The SHA-256 of the canonical bytes of both, each after its length and padded to 255 bytes: a text's time tells
    /// nothing of its length, and a ledger's tag takes no more.
    public func canonicalBytes(of input: MechanismInput, on device: DeviceContext) throws(InputError) -> [UInt8] {
        let parts = try configuration.parts(of: input)
        var first = try halves.first.canonicalBytes(of: parts.first, on: device)
        var second = try halves.second.canonicalBytes(of: parts.second, on: device)
        var message = Self.padded(first) + Self.padded(second)
        defer {
            wipe(&first)
            wipe(&second)
            wipe(&message)
        }
        do { return try SHA256.digest(message) } catch { throw .noRandomness(error) }
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count <= PermanentNoise.valueByteLimit, "a canonical value has at most 255 bytes")
        var padded = [UInt8](repeating: 0, count: 1 + PermanentNoise.valueByteLimit)
        padded[0] = UInt8(bytes.count)
        for (index, byte) in bytes.enumerated() { padded[1 + index] = byte }
        return padded
    }

    /// The second half's noise follows the first's.
    public func randomize<Source: NoiseSource & ~Copyable>(
        _ permanent: PairReport, using source: inout Source
    ) -> PairReport {
        let firstReport = halves.first.reportBytes(aboutPermanent: permanent.first, using: &source)
        return PairReport(
            first: firstReport, second: halves.second.reportBytes(aboutPermanent: permanent.second, using: &source))
    }
}

extension LongitudinalRandomizer {
    /// How many cohorts a report can name; one where it names none.
    fileprivate var pairedCohortCount: Int {
        guard partitionByteCount > 0 else { return 1 }
        guard let auditable = self as? any ExactlyAuditableLongitudinal else {
            preconditionFailure("a catalogued mechanism is audited exactly")
        }
        return auditable.cohortCount
    }
}
