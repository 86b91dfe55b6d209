/// The open connections of a listener, and among them, by age, those that keep it waiting.
///
/// Every operation takes constant time; memory is that of the most connections there ever were at once.
package struct ConnectionSlots<Connection> {
    private struct Slot {
        /// `nil` once it is evicted, until it leaves.
        var connection: Connection?
        var address: AddressPrefix?
        var isWaiting = false
        var older: Int?
        var newer: Int?
    }

    /// What became of a connection that came.
    package enum Entry {
        /// It is in; the other one, if there is one, has to go.
        case entered(slot: Int, evicted: Connection?)
        /// There are enough of its address, or nobody is waiting who could make room.
        case refused
    }

    private let limit: Int
    private let limitPerAddress: Int
    private var slots: [Slot] = []
    private var free: [Int] = []
    private var (oldest, newest): (Int?, Int?) = (nil, nil)
    private var countByAddress: [AddressPrefix: Int] = [:]
    /// How many are open, those not counted that have to go.
    package private(set) var count = 0

    /// - Parameter limitPerAddress: 0 for none.
    package init(limit: Int, limitPerAddress: Int = 0) { (self.limit, self.limitPerAddress) = (limit, limitPerAddress) }

    /// Lets a connection in. It is waited for from then on.
    package mutating func enter(_ connection: Connection, from address: AddressPrefix?) -> Entry {
        let counted = limitPerAddress > 0 ? address : nil
        if let counted, countByAddress[counted, default: 0] >= limitPerAddress { return .refused }
        var evicted: Connection?
        if count >= limit {
            guard let slot = oldest else { return .refused }
            evicted = evict(slot)
        }
        let slot = free.popLast() ?? slots.endIndex
        if slot == slots.endIndex { slots.append(Slot()) }
        slots[slot] = Slot(connection: connection, address: counted)
        if let counted { countByAddress[counted, default: 0] += 1 }
        count += 1
        wait(for: slot)
        return .entered(slot: slot, evicted: evicted)
    }

    /// Puts a connection last among those that are waited for.
    package mutating func wait(for slot: Int) {
        guard slots[slot].connection != nil, !slots[slot].isWaiting else { return }
        (slots[slot].isWaiting, slots[slot].older, slots[slot].newer) = (true, newest, nil)
        if let newest { slots[newest].newer = slot } else { oldest = slot }
        newest = slot
    }

    /// Takes a connection out of those that are waited for: it has sent its request.
    package mutating func stopWaiting(for slot: Int) {
        guard slots[slot].isWaiting else { return }
        let (older, newer) = (slots[slot].older, slots[slot].newer)
        if let older { slots[older].newer = newer } else { oldest = newer }
        if let newer { slots[newer].older = older } else { newest = older }
        slots[slot].isWaiting = false
    }

    /// Forgets a connection that is closed. Its slot is another's from then on.
    package mutating func leave(_ slot: Int) {
        _ = evict(slot)
        free.append(slot)
    }

    private mutating func evict(_ slot: Int) -> Connection? {
        stopWaiting(for: slot)
        guard let connection = slots[slot].connection else { return nil }
        count -= 1
        if let address = slots[slot].address, let open = countByAddress[address] {
            countByAddress[address] = open > 1 ? open - 1 : nil
        }
        slots[slot] = Slot()
        return connection
    }
}
