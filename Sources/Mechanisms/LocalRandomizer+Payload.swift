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
    public func payload(for input: MechanismInput, on device: DeviceContext) throws(EncodingError) -> [UInt8] {
        let value: Value
        do { value = try self.input(from: input, on: device) } catch { throw .input(error) }
        return try payload(randomizing: value)
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

    func payload(randomizing value: Value) throws(EncodingError) -> [UInt8] {
        do {
            var noise = try FreshNoise(wordCount: noiseWordCount)
            return randomize(value, using: &noise).encoded(shape: shape)
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
        do { return try self.input(from: input, on: device).encoded(shape: permanentShape) } catch {
            throw .input(error)
        }
    }

    public func payload(fromPermanentResponse bytes: [UInt8]) throws(EncodingError) -> [UInt8] {
        let value: Value
        do { value = try Value(decoding: bytes.span, shape: permanentShape) } catch {
            throw .permanentResponse(error)
        }
        return try payload(randomizing: value)
    }
}
