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

    private let state: PairState
    public let permanentEpsilon: Epsilon

    public init(configuration: Configuration) throws(ParameterError) {
        state = try PairState(configuration.first, configuration.second, isMemoized: true)
        let (first, second) = (Self.memoized(state.first), Self.memoized(state.second))
        permanentEpsilon = try Epsilon(
            thousandths: first.permanentEpsilon.thousandths + second.permanentEpsilon.thousandths)
    }

    private static func memoized(_ half: any LocalRandomizer) -> any LongitudinalRandomizer {
        guard let memoized = half as? any LongitudinalRandomizer else {
            preconditionFailure("a memoized pair looks for memoized mechanisms")
        }
        return memoized
    }

    private var halves: (first: any LongitudinalRandomizer, second: any LongitudinalRandomizer) {
        (Self.memoized(state.first), Self.memoized(state.second))
    }

    public var configuration: Configuration {
        Configuration(first: state.components.first, second: state.components.second)
    }

    public var epsilon: Epsilon { state.epsilon }
    public var loss: PrivacyLoss { state.loss }
    public var permanentLoss: PrivacyLoss { halves.first.permanentLoss.adding(halves.second.permanentLoss) }
    public var instantaneousLoss: PrivacyLoss { halves.first.instantaneousLoss.adding(halves.second.instantaneousLoss) }
    public var shape: PairReport.Shape { PairReport.Shape(state: state, isPermanent: false) }
    public var permanentShape: PairReport.Shape { PairReport.Shape(state: state, isPermanent: true) }
    public var first: any LocalRandomizer { state.first }
    public var second: any LocalRandomizer { state.second }

    /// As many as there are pairs of permanent responses.
    public var distinctResponseLimit: Int {
        let (product, overflow) = halves.first.distinctResponseLimit.multipliedReportingOverflow(
            by: halves.second.distinctResponseLimit)
        return overflow ? .max : product
    }

    public var memoizedUnit: String { "pair" }

    /// Both permanent responses, in one cohort.
    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> PairReport {
        let parts = try state.parts(of: input), halves = halves
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
        let parts = try state.parts(of: input), halves = halves
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
