import CollectorService
import NIOCore
import Testing

@Suite("The time of a request") struct RequestTimingTests {
    private static func seconds(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    private static func opened() -> RequestTiming {
        var timing = RequestTiming(ListenerLimits())
        timing.opened(at: seconds(0))
        return timing
    }

    @Test("A first head has ten seconds from the opening of the connection, whatever trickles in")
    func firstHead() {
        let timing = Self.opened()
        #expect(timing.deadline == Self.seconds(10) && timing.isWaitingForClient)
    }

    @Test("A body has ten seconds from its head, and a second more for every 4,096 bytes that have come")
    func body() {
        var timing = Self.opened()
        timing.receivedHead(at: Self.seconds(3))
        #expect(timing.deadline == Self.seconds(13))
        for _ in 0..<8 { timing.receivedBody(byteCount: 512) }
        #expect(timing.deadline == Self.seconds(14))
        timing.receivedBody(byteCount: 258_048)
        #expect(timing.deadline == Self.seconds(77))
    }

    @Test("While the collector works on an answer, nothing ends the connection; then it may idle for thirty seconds")
    func answering() {
        var timing = Self.opened()
        timing.receivedHead(at: Self.seconds(1))
        timing.receivedEnd(at: Self.seconds(2))
        #expect(timing.deadline == nil && !timing.isWaitingForClient)
        timing.answered(at: Self.seconds(50))
        #expect(timing.deadline == Self.seconds(80) && timing.isWaitingForClient)
    }

    @Test("An answer that comes before the end of its request does not give the rest of it more time")
    func earlyAnswer() {
        var timing = Self.opened()
        timing.receivedHead(at: Self.seconds(1))
        timing.answered(at: Self.seconds(2))
        #expect(timing.deadline == Self.seconds(11) && timing.isWaitingForClient)
        timing.receivedEnd(at: Self.seconds(3))
        #expect(timing.deadline == Self.seconds(33))
    }

    @Test("Of requests sent ahead, the connection idles only after the last answer")
    func pipelining() {
        var timing = Self.opened()
        for second in [1, 2] as [Int64] {
            timing.receivedHead(at: Self.seconds(second))
            timing.receivedEnd(at: Self.seconds(second))
        }
        timing.answered(at: Self.seconds(5))
        #expect(timing.deadline == nil && !timing.isWaitingForClient)
        timing.answered(at: Self.seconds(6))
        #expect(timing.deadline == Self.seconds(36))
    }

    @Test("An answer that is not read has ten seconds and the time of its bytes")
    func stalledAnswer() {
        var timing = Self.opened()
        timing.receivedHead(at: Self.seconds(1))
        timing.receivedEnd(at: Self.seconds(1))
        timing.stalled(byteCount: 40_960, at: Self.seconds(2))
        #expect(timing.deadline == Self.seconds(22))
        timing.resumed(at: Self.seconds(3))
        #expect(timing.deadline == nil)
    }
}
