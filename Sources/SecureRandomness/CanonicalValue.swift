/// The bytes by which a device's permanent noise knows a value again: a few that are a number's, and an array that stays
/// where it is.
public struct CanonicalValue: Sendable {
    private let head: UInt64
    private let headByteCount: Int
    private let rest: [UInt8]

    /// These bytes.
    public init(_ bytes: [UInt8]) { (head, headByteCount, rest) = (0, 0, bytes) }

    /// The four bytes of a number, the least significant first.
    public init(number: UInt32) { (head, headByteCount, rest) = (UInt64(number), 4, []) }

    /// A byte that tells kinds of values apart, and what follows it.
    public init(tag: UInt8, _ bytes: [UInt8] = []) { (head, headByteCount, rest) = (UInt64(tag), 1, bytes) }

    /// A byte that tells kinds of values apart, and the four of a number.
    public init(tag: UInt8, number: UInt32) {
        (head, headByteCount, rest) = (UInt64(tag) | UInt64(number) << 8, 5, [])
    }

    /// How many bytes there are.
    public var count: Int { headByteCount + rest.count }

    /// The bytes, which a caller wipes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for index in 0..<headByteCount { bytes.append(UInt8(truncatingIfNeeded: head >> UInt64(8 * index))) }
        bytes.append(contentsOf: rest)
        return bytes
    }

    /// Adds the bytes and then zeros, `byteCount` in all, in as many steps for every value: a step of no bytes is shorter.
    func add(to message: DigestContext, byteCount: Int, zeros: [UInt8]) -> Bool {
        let (middle, added) = rest.isEmpty ? (zeros, 1) : (rest, rest.count)
        return message.add(head, byteCount: headByteCount) && message.add(middle, count: added)
            && message.add(zeros, count: byteCount - headByteCount - added)
    }
}
