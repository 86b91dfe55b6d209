// The C interface names its functions.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import CTelemetryAgent
internal import CTelemetryAgent.ThreadState
internal import MetricDefinitions
internal import TelemetryAgent

/// What a call answers besides success, and what the thread's last error says about it.
struct Failure: Error {
    var code: CInt
    var text: String

    init(_ code: Int, _ text: String) { (self.code, self.text) = (CInt(code), text) }

    /// The agent's error as one of the interface.
    init(_ error: AgentError) {
        code = CInt(Self.code(of: error))
        text = error.description
    }

    private static func code(of error: AgentError) -> Int {
        switch error {
        case .file, .noRandomness, .encoding, .batch, .transport: DITHER_E_SYSTEM
        case .database: DITHER_E_SYSTEM
        case .unsafePermissions, .stateDamaged, .stateVersion, .secretLost, .ledgerLost: DITHER_E_STATE
        case .stateBusy: DITHER_E_BUSY
        case .forked: DITHER_E_FORKED
        case .consentOff: DITHER_OFF
        case .unknownMetric: DITHER_E_UNKNOWN_METRIC
        case .value: DITHER_E_VALUE
        case .notReporting: DITHER_OK
        case .definitionChanged: DITHER_E_METRIC_SET
        case .endpoint: DITHER_E_ENDPOINT
        }
    }

    /// An error about a handle.
    init(_ refusal: HandleTable.Refusal) {
        switch refusal {
        case .unknown: self.init(DITHER_E_HANDLE, "The agent was closed, or never opened. Use what dither_open gave.")
        case .forked:
            self.init(DITHER_E_FORKED, "The agent was opened before a fork. Open one in the child with dither_open.")
        case .tooMany:
            self.init(
                DITHER_E_BUSY, "\(HandleTable.capacity) agents are open in this process. Close one with dither_close.")
        }
    }

    /// Keeps the text as the thread's last error, cut where it is too long, and returns the code.
    func noted() -> CInt {
        guard code < 0, let buffer = dither_error_buffer() else { return code }
        var text = text
        text.withUTF8 { bytes in
            var count = min(bytes.count, Int(DITHER_ERROR_TEXT_SIZE) - 1)
            // Not within a character.
            if count < bytes.count { while count > 0, bytes[count] & 0xC0 == 0x80 { count -= 1 } }
            for index in 0..<count { buffer[index] = CChar(bitPattern: bytes[index]) }
            buffer[count] = 0
        }
        return code
    }
}

@c @implementation
public func dither_last_error() -> UnsafePointer<CChar>? { UnsafePointer(dither_error_buffer()) }
