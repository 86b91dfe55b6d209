public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// What a metric's domain makes of one period: an item of the domain, or that nothing happened.
public enum MechanismInput: Hashable, Sendable {
    /// The item with this index in the declared domain.
    case item(Int)
    /// No event, in a metric that reports so.
    case absent
}

/// What a device brings to a report besides the value.
public struct DeviceContext: Sendable {
    /// The device's permanent noise for the metric; a memoized metric cannot report without.
    public let permanentNoise: PermanentNoise?

    /// A device with this permanent noise.
    public init(permanentNoise: PermanentNoise?) { self.permanentNoise = permanentNoise }
}

/// Why a recorded value is no input of a mechanism. Never holds the value.
public enum InputError: Error, Hashable, Sendable {
    /// The item is not in the mechanism's domain.
    case outOfDomain
    /// The metric has no way to report that nothing happened.
    case absenceNotReported
    /// A memoized metric was given no permanent noise.
    case permanentNoiseMissing
    /// The permanent noise could not be computed.
    case noRandomness(RandomnessError)
}

/// What a registry declares about a metric that its mechanism turns into integers.
public struct MechanismDeclaration: Hashable, Sendable {
    /// The bound on one report.
    public var epsilon: Epsilon
    /// The bound on all reports about one value; memoized metrics only.
    public var permanentEpsilon: Epsilon?
    /// The number of values in the domain.
    public var valueCount: Int
    /// Whether "no event" is an item of its own, after the values.
    public var reportsAbsence: Bool

    /// A declaration of these facts.
    public init(epsilon: Epsilon, permanentEpsilon: Epsilon? = nil, valueCount: Int, reportsAbsence: Bool) {
        (self.epsilon, self.permanentEpsilon) = (epsilon, permanentEpsilon)
        (self.valueCount, self.reportsAbsence) = (valueCount, reportsAbsence)
    }

    /// The values, and "no event" where it is an item; at most `Int.max`.
    public var itemCount: Int { reportsAbsence && valueCount < .max ? valueCount + 1 : valueCount }
}

/// The public parameters of a mechanism as integers, the same in registry, agent and decoder.
public protocol MechanismConfiguration: Hashable, Sendable {
    /// The least noise that the declaration allows.
    ///
    /// - Throws: ``ParameterError`` when the mechanism cannot be had for the declared domain.
    init(declared: MechanismDeclaration) throws(ParameterError)

    /// Reads the integers that ``write(to:)`` wrote; the mechanism's initializer validates them.
    ///
    /// - Throws: ``ByteFormatError``.
    init(reading reader: inout ByteReader) throws(ByteFormatError)

    /// Writes every parameter, each as an integer of fixed width.
    func write(to writer: inout ByteWriter)

    /// The items of the domain, with "no event" where it is one.
    var itemCount: Int { get }

    /// Whether "no event" is the last item.
    var reportsAbsence: Bool { get }
}

/// The client's role in a local mechanism: turns one true value into one report.
///
/// An instance is proof that its parameters are valid and that what it samples loses no more than it declares.
public protocol LocalRandomizer: Sendable {
    /// What is randomized: for a memoized mechanism, the device's permanent response.
    associatedtype Value: Sendable
    associatedtype Report: ReportPayload
    associatedtype Configuration: MechanismConfiguration

    /// The name used in registries. Never reused; shared only by the fresh and the memoized form of one mechanism.
    static var identifier: String { get }

    /// The only way to build a mechanism.
    ///
    /// - Throws: ``ParameterError``, also when the integers give less noise than the declared ε demands.
    init(configuration: Configuration) throws(ParameterError)

    /// The validated public parameters.
    var configuration: Configuration { get }

    /// The declared bound on one report.
    var epsilon: Epsilon { get }

    /// The loss of one report that the sampled integers realise, rounded up; at most ``epsilon``. Over the value,
    /// with the device's secret and the fresh noise both random.
    var loss: PrivacyLoss { get }

    /// What fixes the encoding of a report.
    var shape: Report.Shape { get }

    /// How many words ``randomize(_:using:)`` draws, whatever the value.
    var noiseWordCount: Int { get }

    /// Turns an input into what is randomized; a memoized mechanism binds it to the device.
    ///
    /// - Throws: ``InputError``.
    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Value

    /// One report. Takes the same time and the same number of words for every value.
    func randomize<Source: NoiseSource & ~Copyable>(_ value: Value, using source: inout Source) -> Report
}

/// A randomizer that memoizes a permanent randomized response (PRR) to each value and perturbs it again in every
/// report, the instantaneous randomized response (IRR). ``LocalRandomizer/Value`` is the permanent response.
public protocol LongitudinalRandomizer: LocalRandomizer where Value: ReportPayload {
    /// The declared bound on any number of reports about one value.
    var permanentEpsilon: Epsilon { get }

    /// The loss of any number of reports about one value, as realised; at most ``permanentEpsilon``.
    var permanentLoss: PrivacyLoss { get }

    /// The loss per report in which two histories differ, whenever they change: that of the fresh noise alone.
    var instantaneousLoss: PrivacyLoss { get }

    /// What fixes the encoding of a permanent response.
    var permanentShape: Value.Shape { get }

    /// The canonical bytes by which noise and ledger know an input again.
    func canonicalBytes(of input: MechanismInput) throws(InputError) -> [UInt8]
}

/// A randomizer whose distribution can be written down, so that it is audited exactly and not by sampling.
public protocol ExactlyAuditable: LocalRandomizer {
    /// Every report of the shape.
    var allReports: [Report] { get }

    /// Likelihoods are integers over two to this power.
    var likelihoodBitCount: Int { get }

    /// The probability of `report` when the value is the item, over secret and fresh noise, as a numerator.
    func likelihood(of report: Report, given item: Int) -> WideUnsigned
}

/// A memoized randomizer whose two stages can each be written down, so that transcripts are audited exactly.
public protocol ExactlyAuditableLongitudinal: LongitudinalRandomizer, ExactlyAuditable {
    /// Every permanent response.
    var allPermanentResponses: [Value] { get }

    /// Likelihoods of a single stage are integers over two to this power.
    var stageLikelihoodBitCount: Int { get }

    /// The probability of a permanent response to an item, over the secret, as a numerator.
    func permanentLikelihood(of permanent: Value, given item: Int) -> WideUnsigned

    /// The probability of a report about a permanent response, over the fresh noise, as a numerator.
    func instantaneousLikelihood(of report: Report, given permanent: Value) -> WideUnsigned
}
