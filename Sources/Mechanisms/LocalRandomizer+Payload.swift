public import ReportFormat
public import SecureRandomness

/// Why an input became no report. Never holds the input.
public enum EncodingError: Error, Hashable, Sendable {
    /// The input is not one of the mechanism's.
    case input(InputError)
    /// There was no randomness.
    case noRandomness(RandomnessError)
    /// A stored permanent response is none of this mechanism's.
    case permanentResponse(ReportError)
}

extension LocalRandomizer {
    /// The payload of one report about an input, with fresh noise from the system.
    ///
    /// - Throws: ``EncodingError``.
    public func payload(for input: MechanismInput, on device: DeviceContext) throws(EncodingError) -> [UInt8] {
        var bytes: [UInt8] = []
        try appendPayload(for: input, on: device, to: &bytes)
        return bytes
    }

    public func payload<Source: NoiseSource & ~Copyable>(
        for input: MechanismInput, on device: DeviceContext, using source: inout Source
    ) throws(EncodingError) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            appendPayload(about: try self.input(from: input, on: device), using: &source, to: &bytes)
        } catch { throw .input(error) }
        return bytes
    }

    public func appendPayload(
        for input: MechanismInput, on device: DeviceContext, to bytes: inout [UInt8]
    ) throws(EncodingError) {
        let value: Value
        do { value = try self.input(from: input, on: device) } catch { throw .input(error) }
        try appendPayload(randomizing: value, to: &bytes)
    }

    public func appendPayload<Source: NoiseSource & ~Copyable>(
        about value: Value, using source: inout Source, to bytes: inout [UInt8]
    ) {
        randomize(value, using: &source).append(to: &bytes, shape: shape)
    }

    /// The length of every payload, in bytes.
    public var payloadByteCount: Int { Report.byteCount(of: shape) }

    /// Whether bytes are a payload of this mechanism.
    ///
    /// - Throws: ``ReportError`` when they are not.
    public func validate(payload: [UInt8]) throws(ReportError) {
        _ = try Report(decoding: payload.span, shape: shape)
    }

    /// A valid payload as a store keeps it: its partition, and the bytes that follow it.
    public func stored(payload: [UInt8]) -> (partition: Int, rest: [UInt8]) {
        let count = partitionByteCount
        guard count > 0 else { return (0, payload) }
        return ((0..<count).reduce(0) { $0 | Int(payload[$1]) << (8 * $1) }, Array(payload[count...]))
    }

    func appendPayload(randomizing value: Value, to bytes: inout [UInt8]) throws(EncodingError) {
        do {
            var noise = try FreshNoise(wordCount: noiseWordCount)
            if bytes.isEmpty { bytes.reserveCapacity(payloadByteCount) }
            appendPayload(about: value, using: &noise, to: &bytes)
        } catch { throw .noRandomness(error) }
    }
}

extension LongitudinalRandomizer {
    /// The bytes of the device's permanent response to an input.
    ///
    /// - Throws: ``EncodingError``.
    public func permanentResponse(
        to input: MechanismInput, on device: DeviceContext
    ) throws(EncodingError) -> [UInt8] {
        var bytes: [UInt8] = []
        do { try appendPermanentResponse(to: input, on: device, to: &bytes) } catch { throw .input(error) }
        return bytes
    }

    public func appendPermanentResponse(
        to input: MechanismInput, on device: DeviceContext, to bytes: inout [UInt8]
    ) throws(InputError) {
        try self.input(from: input, on: device).append(to: &bytes, shape: permanentShape)
    }

    /// The payload of one more report about a stored permanent response.
    ///
    /// - Throws: ``EncodingError``.
    public func payload(fromPermanentResponse permanent: [UInt8]) throws(EncodingError) -> [UInt8] {
        var bytes: [UInt8] = []
        try appendPayload(fromPermanentResponse: permanent, to: &bytes)
        return bytes
    }

    /// By way of the bytes of the permanent response, as an agent keeps them.
    public func payload<Source: NoiseSource & ~Copyable>(
        for input: MechanismInput, on device: DeviceContext, using source: inout Source
    ) throws(EncodingError) -> [UInt8] {
        var bytes: [UInt8] = []
        let permanent = try permanentResponse(to: input, on: device)
        do { try appendPayload(fromPermanentResponse: permanent, using: &source, to: &bytes) } catch {
            throw .permanentResponse(error)
        }
        return bytes
    }

    public func appendPayload<Source: NoiseSource & ~Copyable>(
        fromPermanentResponse permanent: [UInt8], using source: inout Source, to bytes: inout [UInt8]
    ) throws(ReportError) {
        let value = try Value(decoding: permanent.span, shape: permanentShape)
        appendPayload(about: value, using: &source, to: &bytes)
    }

    public func appendPayload(
        fromPermanentResponse permanent: [UInt8], to bytes: inout [UInt8]
    ) throws(EncodingError) {
        var noise: FreshNoise
        do { noise = try FreshNoise(wordCount: noiseWordCount) } catch { throw .noRandomness(error) }
        if bytes.isEmpty { bytes.reserveCapacity(payloadByteCount) }
        do { try appendPayload(fromPermanentResponse: permanent, using: &noise, to: &bytes) } catch {
            throw .permanentResponse(error)
        }
    }
}
