/// Finds what a name stands for by its bytes alone: no text is made, nothing is allocated. Names of several scopes, such
/// as the categories of several metrics, share one table.
///
/// The owner calls ``deallocate()``; copies share the memory.
struct ByteTable: @unchecked Sendable {
    /// One name and what it stands for.
    struct Entry {
        var scope: UInt32
        var bytes: [UInt8]
        var value: Int
    }

    private struct Place {
        var hash: UInt64
        var scope: UInt32
        var byteCount: UInt32
        var offset: Int
        /// Below zero in an empty place.
        var value: Int
    }

    private let places: UnsafeMutableBufferPointer<Place>
    private let text: UnsafeMutableBufferPointer<UInt8>

    /// A table of these entries, of which no two have one scope and the same bytes.
    init(_ entries: [Entry]) {
        var capacity = 4
        while capacity < 2 * entries.count { capacity *= 2 }
        places = .allocate(capacity: capacity)
        places.initialize(repeating: Place(hash: 0, scope: 0, byteCount: 0, offset: 0, value: -1))
        text = .allocate(capacity: max(1, entries.reduce(0) { $0 + $1.bytes.count }))
        text.initialize(repeating: 0)
        var offset = 0
        for entry in entries {
            for (index, byte) in entry.bytes.enumerated() { text[offset + index] = byte }
            let hash = entry.bytes.withUnsafeBufferPointer { Self.hash($0, scope: entry.scope) }
            var index = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while places[index].value >= 0 { index = (index + 1) & (capacity - 1) }
            places[index] = Place(
                hash: hash, scope: entry.scope, byteCount: UInt32(entry.bytes.count), offset: offset,
                value: entry.value)
            offset += entry.bytes.count
        }
    }

    /// Frees the table.
    func deallocate() {
        places.deallocate()
        text.deallocate()
    }

    /// What these bytes stand for in a scope.
    func value(of bytes: UnsafeBufferPointer<UInt8>, in scope: UInt32) -> Int? {
        let hash = Self.hash(bytes, scope: scope)
        var index = Int(truncatingIfNeeded: hash) & (places.count - 1)
        // At most half of the places are taken, so that an empty one ends every search.
        while places[index].value >= 0 {
            let place = places[index]
            if place.hash == hash, place.scope == scope, Int(place.byteCount) == bytes.count,
                zip(bytes, text[place.offset..<place.offset + bytes.count]).allSatisfy({ $0 == $1 })
            {
                return place.value
            }
            index = (index + 1) & (places.count - 1)
        }
        return nil
    }

    /// FNV-1a over scope and bytes: names come from the metric set, so nobody chooses them to collide.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>, scope: UInt32) -> UInt64 {
        var hash = (0xCBF2_9CE4_8422_2325 ^ UInt64(scope)) &* 0x100_0000_01B3
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash ^ (hash >> 32)
    }
}
