public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

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

    /// How many leading bytes of a payload name the partition that a store keeps it under, such as a cohort; a store
    /// keeps the rest. Of a memoized mechanism the bytes of a permanent response begin with the same. None by default.
    var partitionByteCount: Int { get }

    /// Whether a report is one item of a declared domain, by its index: what a device can show in words. Not by default.
    var reportIsItem: Bool { get }

    /// How many words ``randomize(_:using:)`` draws, whatever the value.
    var noiseWordCount: Int { get }

    /// Turns an input into what is randomized; a memoized mechanism binds it to the device.
    ///
    /// - Throws: ``InputError``.
    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Value

    /// One report. Takes the same time and the same number of words for every value.
    func randomize<Source: NoiseSource & ~Copyable>(_ value: Value, using source: inout Source) -> Report

    /// Appends the payload of the report that ``randomize(_:using:)`` would make of the same words. By default it makes it;
    /// a mechanism whose reports are long writes them where they are encoded.
    func appendPayload<Source: NoiseSource & ~Copyable>(
        about value: Value, using source: inout Source, to bytes: inout [UInt8])

    /// The payload that an agent makes of an input, from the words of a source: what audits and simulations run.
    ///
    /// - Throws: ``EncodingError``.
    func payload<Source: NoiseSource & ~Copyable>(
        for input: MechanismInput, on device: DeviceContext, using source: inout Source
    ) throws(EncodingError) -> [UInt8]

    /// Appends the payload of one report about an input, with fresh noise from the system; nothing where it throws. A
    /// requirement so that each mechanism has a specialised default.
    ///
    /// - Throws: ``EncodingError``.
    /// - Complexity: no allocation of ours for a category or up to 512 words of noise, if `bytes` has room. Sets of items,
    ///   sampled buckets, pairs and points of a projective geometry make arrays.
    func appendPayload(
        for input: MechanismInput, on device: DeviceContext, to bytes: inout [UInt8]
    ) throws(EncodingError)
}

extension LocalRandomizer {
    public var partitionByteCount: Int { 0 }

    public var reportIsItem: Bool { false }
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

    /// The canonical bytes by which a device's noise and ledger know an input again. Inputs with equal bytes share a
    /// permanent response.
    ///
    /// - Throws: ``InputError``.
    func canonicalBytes(of input: MechanismInput, on device: DeviceContext) throws(InputError) -> [UInt8]

    /// Appends the bytes of the device's permanent response to an input; nothing where it throws.
    ///
    /// - Throws: ``InputError``.
    func appendPermanentResponse(
        to input: MechanismInput, on device: DeviceContext, to bytes: inout [UInt8]
    ) throws(InputError)

    /// Appends the payload of one more report about a stored permanent response, from the words of a source; nothing where
    /// it throws.
    ///
    /// - Throws: ``ReportError`` where the bytes are no permanent response of this mechanism.
    func appendPayload<Source: NoiseSource & ~Copyable>(
        fromPermanentResponse permanent: [UInt8], using source: inout Source, to bytes: inout [UInt8]
    ) throws(ReportError)

    /// The same with fresh noise from the system. A requirement as ``appendPayload(for:on:to:)`` is.
    ///
    /// - Throws: ``EncodingError``.
    func appendPayload(fromPermanentResponse permanent: [UInt8], to bytes: inout [UInt8]) throws(EncodingError)

    /// How many permanent responses one device can have; no limit by default but that of the values.
    var distinctResponseLimit: Int { get }

    /// What has a permanent response, in words that a plural s can follow: `value` by default. Claim 3 counts these, and
    /// demands that they repeat at the same reports.
    var memoizedUnit: String { get }
}

extension LongitudinalRandomizer {
    public var distinctResponseLimit: Int { .max }

    public var memoizedUnit: String { "value" }
}

/// A randomizer whose distribution can be written down, so that it is audited exactly and not by sampling.
public protocol ExactlyAuditable: LocalRandomizer {
    /// Inputs among which are the two that a report tells apart best; the whole domain where that is declared.
    var auditedInputs: [MechanismInput] { get }

    /// Every report of the shape.
    var allReports: [Report] { get }

    /// Likelihoods are integers over two to this power.
    var likelihoodBitCount: Int { get }

    /// The probability of `report` about the audited input of this index, over secret and fresh noise, as a numerator.
    func likelihood(of report: Report, given item: Int) -> WideUnsigned

    /// How far below the declared ε the realised loss of a mechanism made from a declaration may lie, in billionths of
    /// a nat: what rounding gives away where thresholds are coarser than 2⁻⁶⁴. Two by default, for the loss's own
    /// rounding.
    var unspentAllowanceNanonats: Int { get }
}

extension ExactlyAuditable {
    public var unspentAllowanceNanonats: Int { 2 }

    public var auditedInputs: [MechanismInput] {
        guard case .items(let valueCount) = configuration.domain else { return [] }
        return (0..<valueCount).map { .item($0) } + (configuration.reportsAbsence ? [.absent] : [])
    }
}

/// A memoized randomizer whose two stages can each be written down, so that transcripts are audited exactly.
public protocol ExactlyAuditableLongitudinal: LongitudinalRandomizer, ExactlyAuditable {
    /// Every permanent response.
    var allPermanentResponses: [Value] { get }

    /// Likelihoods of a single stage are integers over two to this power.
    var stageLikelihoodBitCount: Int { get }

    /// The probability of a permanent response to the audited input of this index, over the secret, as a numerator.
    func permanentLikelihood(of permanent: Value, given item: Int) -> WideUnsigned

    /// The probability of a report about a permanent response, over the fresh noise, as a numerator.
    func instantaneousLikelihood(of report: Report, given permanent: Value) -> WideUnsigned

    /// How many cohorts of devices there are. A device's permanent responses are all of its cohort, which is uniform, and
    /// independent given it. One by default.
    var cohortCount: Int { get }

    /// The cohort of the devices that can have a permanent response, where the response names it.
    func cohort(of permanent: Value) -> Int

    /// The probability that a device is of a cohort and has this permanent response to the audited input of this index, as
    /// a numerator like that of ``permanentLikelihood(of:given:)``, which sums it. By default responses name their cohort.
    func permanentLikelihood(of permanent: Value, given item: Int, in cohort: Int) -> WideUnsigned

    /// Which of a device's permanent responses answers the audited input of this index: in a cohort, inputs with equal
    /// numbers share one. By default each has its own.
    func memo(of item: Int, in cohort: Int) -> Int
}

extension ExactlyAuditableLongitudinal {
    public var cohortCount: Int { 1 }

    public func cohort(of permanent: Value) -> Int { 0 }

    public func permanentLikelihood(of permanent: Value, given item: Int, in cohort: Int) -> WideUnsigned {
        self.cohort(of: permanent) == cohort ? permanentLikelihood(of: permanent, given: item) : .zero
    }

    public func memo(of item: Int, in cohort: Int) -> Int { item }
}
