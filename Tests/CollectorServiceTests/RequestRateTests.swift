import CollectorService
import NIOCore
import Testing

@Suite("The rate of requests") struct RequestRateTests {
    private static func address(_ text: String) throws -> AddressPrefix {
        try #require(AddressPrefix(try SocketAddress(ipAddress: text, port: 1)))
    }

    @Test("The limit holds for an address and a minute, and then anew")
    func limit() throws {
        let start = NIODeadline.uptimeNanoseconds(1_000)
        let rate = RequestRate(limit: 3, at: start)
        let home = try Self.address("192.0.2.1")
        #expect((0..<5).map { _ in rate.isExceeded(by: home, at: start) } == [false, false, false, true, true])
        #expect(rate.isExceeded(by: home, at: start + .seconds(59)))
        #expect(!rate.isExceeded(by: home, at: start + .seconds(60)))
    }

    @Test("Without a limit, and without an address, nothing is exceeded")
    func none() throws {
        let home = try Self.address("192.0.2.1")
        let (unlimited, strict) = (RequestRate(limit: 0), RequestRate(limit: 1))
        for _ in 0..<10 {
            #expect(!unlimited.isExceeded(by: home))
            #expect(!strict.isExceeded(by: nil))
        }
    }

    @Test("Of 1,000 addresses that keep to the limit, few are told that they do not, and no more memory is taken")
    func manyAddresses() throws {
        let rate = RequestRate(limit: 3)
        let now = NIODeadline.now()
        let exceeded = try (0..<1_000).filter { number in
            rate.isExceeded(by: try Self.address("10.0.\(number / 256).\(number % 256)"), at: now)
        }
        // Four of 1,000 in one of 65,536 counters: expected 1.5e-4 times; two such are as good as impossible.
        #expect(exceeded.count <= 1)
    }
}
