// The C interface names its functions.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CTelemetryAgent
internal import TelemetryAgent

@c @implementation
public func dither_status(_ agent: dither_agent, _ status: UnsafeMutablePointer<dither_status_info>?) -> CInt {
    call(on: agent) { (agent) throws(Failure) in
        guard let status else { throw missing("status") }
        let size = UnsafeRawPointer(status).load(as: Int.self)
        guard size >= MemoryLayout<Int>.size, size <= sizeLimit else {
            throw Failure(DITHER_E_ARGUMENT, "status->size is not set. Begin with DITHER_STATUS_INIT.")
        }
        do throws(AgentError) {
            var answer = dither_status_info(try agent.status())
            answer.size = size
            withUnsafeBytes(of: &answer) { known in
                // A newer caller finds zeros in what this library does not know.
                let target = UnsafeMutableRawBufferPointer(start: status, count: size)
                for index in target.indices { target[index] = index < known.count ? known[index] : 0 }
            }
            return CInt(DITHER_OK)
        } catch { throw Failure(error) }
    }
}

/// A structure that a caller describes is no larger than this in any version: what is, was never set.
let sizeLimit = 4096

extension dither_status_info {
    fileprivate init(_ status: BackgroundAgent.Status) {
        self.init()
        consent = Int32(Self.number(of: status.consent))
        last_result = status.failure.map { Failure($0).code } ?? 0
        recorded = status.recorded
        guard let agent = status.agent else { return }
        waiting = UInt64(clamping: agent.waiting)
        acknowledged = UInt64(clamping: agent.acknowledged)
        rejected = UInt64(clamping: agent.rejected)
        dropped = UInt64(clamping: agent.expired) &+ UInt64(clamping: agent.overflowed)
        next_upload = max(agent.nextAttempt ?? 0, agent.nextBundle ?? 0)
    }

    private static func number(of consent: ConsentSource) -> Int {
        switch consent {
        case .unset: DITHER_CONSENT_UNSET
        case .granted: DITHER_CONSENT_GRANTED
        case .declined: DITHER_CONSENT_DECLINED
        case .unreadable: DITHER_CONSENT_UNREADABLE
        case .environment: DITHER_CONSENT_ENVIRONMENT
        case .machineOptOut: DITHER_CONSENT_MACHINE
        }
    }
}
