internal import LocalPrivacy
public import Mechanisms
public import ReportFormat
internal import SecureRandomness

/// What a fresh and a memoized pair have in common: two mechanisms that report one event together.
public protocol PairRandomizer: LocalRandomizer where Report == PairReport, Configuration: PairConfiguration {
    /// The mechanism of the first value.
    var first: any LocalRandomizer { get }
    /// The mechanism of the second value.
    var second: any LocalRandomizer { get }
}

extension PairRandomizer {
    public var noiseWordCount: Int { first.noiseWordCount + second.noiseWordCount }

    public var partitionByteCount: Int { shape.partitionByteCount }

    /// The reports of both mechanisms in one payload, each as the mechanism alone would send it.
    ///
    /// - Throws: ``ReportError`` when the bytes are no payload of the pair.
    public func reports(in payload: [UInt8]) throws(ReportError) -> (first: [UInt8], second: [UInt8]) {
        let report = try PairReport(decoding: payload.span, shape: shape)
        return (report.first, report.second)
    }

    /// The same of a payload as a store keeps it: its partition, and the bytes that followed it.
    ///
    /// - Throws: ``ReportError``.
    public func reports(
        inPartition partition: Int, rest: [UInt8]
    ) throws(ReportError) -> (first: [UInt8], second: [UInt8]) {
        let lead = (0..<partitionByteCount).map { UInt8(truncatingIfNeeded: partition >> (8 * $0)) }
        guard partition >> (8 * partitionByteCount) == 0 else { throw .valueOutOfRange }
        return try reports(in: lead + rest)
    }
}

extension PairConfiguration {
    /// ε of both together. No report about one value tells of the other, so that the bounds add up.
    static func sum(_ first: Epsilon, _ second: Epsilon) throws(ParameterError) -> Epsilon {
        try Epsilon(thousandths: first.thousandths + second.thousandths)
    }
}

extension LocalRandomizer {
    /// The half of a pair's payload that this mechanism makes, of which the halves share the first bytes.
    func half(sharing partitionByteCount: Int) -> PairReport.Half {
        PairReport.Half(byteCount: payloadByteCount, partitionByteCount: partitionByteCount) {
            (bytes) throws(ReportError) in try self.validate(payload: bytes)
        }
    }

    /// What ``input(from:on:)`` makes, of whatever type.
    func erasedInput(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> any Sendable {
        try self.input(from: input, on: device)
    }

    /// The bytes of a report about what ``erasedInput(from:on:)`` made.
    func reportBytes<Source: NoiseSource & ~Copyable>(about value: any Sendable, using source: inout Source) -> [UInt8]
    {
        guard let value = value as? Value else { preconditionFailure("a half is given what it made") }
        return randomize(value, using: &source).encoded(shape: shape)
    }
}

extension LongitudinalRandomizer {
    /// The half of a pair's permanent response that this mechanism makes.
    func permanentHalf(sharing partitionByteCount: Int) -> PairReport.Half {
        let shape = permanentShape
        return PairReport.Half(byteCount: Value.byteCount(of: shape), partitionByteCount: partitionByteCount) {
            (bytes) throws(ReportError) in _ = try Value(decoding: bytes.span, shape: shape)
        }
    }

    /// The bytes of the device's permanent response to an input.
    func permanentBytes(of input: MechanismInput, on device: DeviceContext) throws(InputError) -> [UInt8] {
        try self.input(from: input, on: device).encoded(shape: permanentShape)
    }

    /// The bytes of a report about a permanent response that ``permanentBytes(of:on:)`` made, or that was decoded.
    func reportBytes<Source: NoiseSource & ~Copyable>(
        aboutPermanent bytes: [UInt8], using source: inout Source
    ) -> [UInt8] {
        guard let value = try? Value(decoding: bytes.span, shape: permanentShape) else {
            preconditionFailure("a half of a permanent response was validated")
        }
        return randomize(value, using: &source).encoded(shape: shape)
    }
}
