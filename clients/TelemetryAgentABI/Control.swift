// The C interface names its functions.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CTelemetryAgent
internal import TelemetryAgent

/// Closing breaks no promise that an agent closed by somebody else meanwhile would.
@c @implementation
public func dither_close(_ agent: dither_agent) -> CInt {
    call(on: agent, closing: true) { (agent) throws(Failure) in
        do throws(AgentError) {
            try agent.close()
            return CInt(DITHER_OK)
        } catch { throw Failure(error) }
    }
}

@c @implementation
public func dither_set_consent(_ agent: dither_agent, _ granted: CInt) -> CInt {
    call(on: agent) { (agent) throws(Failure) in
        guard granted == 0 || granted == 1 else {
            throw Failure(DITHER_E_ARGUMENT, "granted is neither 0 nor 1; consent is not guessed.")
        }
        do throws(AgentError) {
            try agent.setConsent(granted == 1)
            return CInt(granted == 0 || agent.consentSource.isOn ? DITHER_OK : DITHER_OFF)
        } catch { throw Failure(error) }
    }
}

@c @implementation
public func dither_flush(_ agent: dither_agent, _ deadline_milliseconds: UInt32) -> CInt {
    call(on: agent) { (agent) throws(Failure) in
        let outcome: FlushOutcome
        do throws(AgentError) { outcome = try agent.flush(deadlineMilliseconds: deadline_milliseconds) } catch {
            throw Failure(error)
        }
        switch outcome {
        case .done: return CInt(DITHER_OK)
        case .waiting: return CInt(DITHER_WAITING)
        case .off: return CInt(DITHER_OFF)
        case .timedOut:
            throw Failure(DITHER_E_TIMEOUT, "The deadline came first; the agent's thread goes on with the work.")
        case .closed: throw Failure(.unknown)
        }
    }
}
