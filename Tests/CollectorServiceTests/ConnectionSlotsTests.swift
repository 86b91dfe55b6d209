import CollectorService
import NIOCore
import TestSupport
import Testing

@Suite("The connections of a listener") struct ConnectionSlotsTests {
    private static func address(_ text: String) throws -> AddressPrefix {
        try #require(AddressPrefix(try SocketAddress(ipAddress: text, port: 1)))
    }

    /// What became of a connection: the slot, and who had to go.
    private static func entry(
        _ slots: inout ConnectionSlots<Int>, _ number: Int, from address: AddressPrefix? = nil
    ) -> (slot: Int, evicted: Int?)? {
        guard case .entered(let slot, let evicted) = slots.enter(number, from: address) else { return nil }
        return (slot, evicted)
    }

    @Test("When all are taken, the one goes that has kept the collector waiting longest")
    func eviction() throws {
        var slots = ConnectionSlots<Int>(limit: 3)
        let entries = try (1...3).map { try #require(Self.entry(&slots, $0)) }
        #expect(entries.allSatisfy { $0.evicted == nil })
        // The first sends its request and is answered: now it is the last that is waited for.
        slots.stopWaiting(for: entries[0].slot)
        slots.wait(for: entries[0].slot)
        #expect(Self.entry(&slots, 4)?.evicted == 2)
        #expect(Self.entry(&slots, 5)?.evicted == 3)
        #expect(Self.entry(&slots, 6)?.evicted == 1)
        #expect(slots.count == 3)
    }

    @Test("Whoever is being answered is not sent away, and a newcomer is if all are")
    func answering() throws {
        var slots = ConnectionSlots<Int>(limit: 2)
        let first = try #require(Self.entry(&slots, 1)), second = try #require(Self.entry(&slots, 2))
        slots.stopWaiting(for: first.slot)
        slots.stopWaiting(for: second.slot)
        #expect(Self.entry(&slots, 3) == nil)
        slots.leave(first.slot)
        #expect(Self.entry(&slots, 4) != nil)
    }

    @Test("A slot is another's only once its connection is closed, however often it had to go")
    func evictedSlot() throws {
        var slots = ConnectionSlots<Int>(limit: 1)
        let first = try #require(Self.entry(&slots, 1)), second = try #require(Self.entry(&slots, 2))
        #expect(second.evicted == 1 && second.slot != first.slot)
        // What the evicted one still does changes nothing.
        slots.wait(for: first.slot)
        slots.stopWaiting(for: first.slot)
        #expect(Self.entry(&slots, 3)?.evicted == 2)
        slots.leave(first.slot)
        #expect(slots.count == 1)
    }

    @Test("One address has no more than its share, and one IPv6 subscriber is one address")
    func addresses() throws {
        var slots = ConnectionSlots<Int>(limit: 10, limitPerAddress: 2)
        let (home, neighbour) = (try Self.address("2001:db8:1:2::1"), try Self.address("2001:db8:1:3::1"))
        let first = try #require(Self.entry(&slots, 1, from: home))
        #expect(Self.entry(&slots, 2, from: try Self.address("2001:db8:1:2:ffff::9")) != nil)
        #expect(Self.entry(&slots, 3, from: home) == nil)
        #expect(Self.entry(&slots, 4, from: neighbour) != nil)
        slots.leave(first.slot)
        #expect(Self.entry(&slots, 5, from: home) != nil)
        // A Unix socket has no address and no share.
        for number in 6...9 { #expect(Self.entry(&slots, number) != nil) }
    }

    @Test("An IPv4 address is the same on a socket of both families, and is no IPv6 network")
    func mappedAddress() throws {
        #expect(try Self.address("192.0.2.7") == Self.address("::ffff:192.0.2.7"))
        #expect(try Self.address("192.0.2.7") != Self.address("192.0.2.8"))
        #expect(try Self.address("0.0.0.0") != Self.address("::1"))
    }

    @Test("After any order of events, as many are open as came and did not go, and the oldest goes first")
    func randomOrder() throws {
        var noise = SeededNoise(seed: 0x51_07_5)
        for _ in 0..<200 {
            var slots = ConnectionSlots<Int>(limit: 5)
            // The model: connections in the order in which they began to be waited for, and those that are answered.
            var (waiting, answering, gone): ([(number: Int, slot: Int)], [(number: Int, slot: Int)], [Int]) = (
                [], [], []
            )
            for number in 0..<60 {
                switch noise.next() % 4 {
                case 0 where !waiting.isEmpty:
                    let taken = waiting.remove(at: Int(noise.next() % UInt64(waiting.count)))
                    slots.stopWaiting(for: taken.slot)
                    answering.append(taken)
                case 1 where !answering.isEmpty:
                    let taken = answering.remove(at: Int(noise.next() % UInt64(answering.count)))
                    slots.wait(for: taken.slot)
                    waiting.append(taken)
                case 2 where !waiting.isEmpty:
                    slots.leave(waiting.remove(at: Int(noise.next() % UInt64(waiting.count))).slot)
                case 2 where !gone.isEmpty: slots.leave(gone.removeLast())
                default:
                    let isFull = waiting.count + answering.count == 5
                    let entry = Self.entry(&slots, number)
                    #expect((entry == nil) == (isFull && waiting.isEmpty))
                    guard let entry else { continue }
                    if isFull {
                        let oldest = waiting.removeFirst()
                        #expect(entry.evicted == oldest.number)
                        gone.append(oldest.slot)
                    }
                    waiting.append((number, entry.slot))
                }
                #expect(slots.count == waiting.count + answering.count)
            }
        }
    }
}
