internal import CTelemetryAgent
internal import CTelemetryAgent.ThreadState
internal import MetricDefinitions
internal import TelemetryAgent

/// Runs a call of the interface: refuses one from within another of the same thread, keeps the error's text, and turns
/// every outcome into a number.
@inline(__always)
func call(_ body: () throws(Failure) -> CInt) -> CInt {
    guard dither_enter() == 0 else { return CInt(DITHER_E_REENTRANT) }
    defer { dither_leave() }
    let lane = ForkGuard.shared.enter()
    defer { ForkGuard.shared.leave(lane) }
    do throws(Failure) { return try body() } catch { return error.noted() }
}

/// Runs a call with the agent of a handle.
@inline(__always)
func call(
    on handle: dither_agent, closing: Bool = false, _ body: (BackgroundAgent) throws(Failure) -> CInt
) -> CInt {
    call { () throws(Failure) in
        let outcome: Result<CInt, Failure>
        do throws(HandleTable.Refusal) {
            outcome = try HandleTable.shared.withAgent(handle, closing: closing) { agent in
                do throws(Failure) { return .success(try body(agent)) } catch { return .failure(error) }
            }
        } catch { throw Failure(error) }
        return try outcome.get()
    }
}

/// The bytes of a C string, of which no more than one beyond the limit are looked at.
@inline(__always)
func bytes(_ text: UnsafePointer<CChar>, limit: Int) -> UnsafeBufferPointer<UInt8> {
    var count = 0
    while count <= limit, text[count] != 0 { count += 1 }
    return UnsafeRawBufferPointer(start: text, count: count).assumingMemoryBound(to: UInt8.self)
}

/// An argument that must not be NULL.
func missing(_ name: StaticString) -> Failure { Failure(DITHER_E_ARGUMENT, "\(name) is NULL; it is needed.") }
