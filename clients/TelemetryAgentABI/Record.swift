// The C interface names its functions.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CTelemetryAgent
internal import MetricDefinitions
internal import TelemetryAgent

/// A metric's name has at most so many bytes.
private let nameByteLimit = 64

@inline(__always)
private func record(
    _ handle: dither_agent, _ metric: UnsafePointer<CChar>?, _ value: () throws(Failure) -> EventValue
) -> CInt {
    call(on: handle) { (agent) throws(Failure) in
        guard let metric else { throw missing("metric") }
        let value = try value()
        do throws(EventRefusal) {
            try agent.record(value, for: bytes(metric, limit: nameByteLimit))
            return CInt(DITHER_OK)
        } catch { throw failure(of: error, agent) }
    }
}

private func failure(of refusal: EventRefusal, _ agent: BackgroundAgent) -> Failure {
    switch refusal {
    case .off: Failure(DITHER_OFF, "")
    // Not the name: a host that mixes up its arguments passes a value there.
    case .unknownMetric:
        Failure(
            DITHER_E_UNKNOWN_METRIC, "The metric set has no metric of this name; `dither registry explain` lists them.")
    case .value, .noRandomness: Failure(agent.error(for: refusal))
    }
}

@c @implementation
public func dither_record_boolean(_ agent: dither_agent, _ metric: UnsafePointer<CChar>?, _ value: CInt) -> CInt {
    record(agent, metric) { .boolean(value != 0) }
}

@c @implementation
public func dither_record_category(
    _ agent: dither_agent, _ metric: UnsafePointer<CChar>?, _ category: UnsafePointer<CChar>?
) -> CInt {
    record(agent, metric) { () throws(Failure) in
        guard let category else { throw missing("category") }
        return .category(bytes(category, limit: MetricDomain.labelByteLimit))
    }
}

@c @implementation
public func dither_record_string(
    _ agent: dither_agent, _ metric: UnsafePointer<CChar>?, _ text: UnsafePointer<CChar>?, _ length: Int
) -> CInt {
    record(agent, metric) { () throws(Failure) in
        guard let text else { throw missing("text") }
        return .text(bytes(text, count: length))
    }
}

@c @implementation
public func dither_record_pair(
    _ agent: dither_agent, _ metric: UnsafePointer<CChar>?, _ first: UnsafePointer<CChar>?, _ firstLength: Int,
    _ second: UnsafePointer<CChar>?, _ secondLength: Int
) -> CInt {
    record(agent, metric) { () throws(Failure) in
        guard let first else { throw missing("first") }
        guard let second else { throw missing("second") }
        return .pair(.written(bytes(first, count: firstLength)), .written(bytes(second, count: secondLength)))
    }
}

/// Bytes of a length that the caller states; it may as well be negative by the caller's mistake. A length that no text has
/// is refused before a byte is read.
private func bytes(_ text: UnsafePointer<CChar>, count: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeRawBufferPointer(start: text, count: count < 0 ? Int.max : count).assumingMemoryBound(to: UInt8.self)
}

@c @implementation
public func dither_record_number(_ agent: dither_agent, _ metric: UnsafePointer<CChar>?, _ number: Double) -> CInt {
    record(agent, metric) { .number(number) }
}
