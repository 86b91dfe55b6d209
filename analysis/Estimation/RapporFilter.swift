internal import Mechanisms
public import SecureRandomness

/// Which bits a value sets, by the rules of google/rappor's clients, which are all of the MD5 digest d of the cohort as four
/// bytes, most significant first, and the value:
///
/// - Python and C++, up to 256 bits: hash j is byte j of d, modulo k. It is ``BloomFilter``'s rule.
/// - C++, more bits: as many bytes a hash as k − 1 needs, the least significant first, modulo k.
/// - Java: two bytes a hash, the most significant first, modulo k. These are other bits for every k.
public struct RapporFilter: Hashable, Sendable {
    /// Why a client has no such filter.
    public enum Fault: Error, Hashable, Sendable {
        /// The client hashes one byte, so that bits beyond the limit would never be set.
        case tooManyBits(limit: Int)
        /// A digest does not have the bytes for so many hashes.
        case tooManyHashes(limit: Int)
    }

    private enum Rule: Hashable { case byte(BloomFilter), littleEndian(byteCount: Int), bigEndian }

    private let rule: Rule
    private let bitCount: Int
    private let hashCount: Int

    /// The filter of a client; without one, that on which Python and C++ agree as far as they do.
    ///
    /// - Throws: ``Fault``.
    public init(_ parameters: RapporParameters, client: RapporClient?) throws(Fault) {
        (bitCount, hashCount) = (parameters.bitCount, parameters.hashCount)
        let byteCount = client == .java || bitCount > 256 ? 2 : 1
        if client == .python, bitCount > 256 { throw .tooManyBits(limit: 256) }
        guard hashCount <= MD5.byteCount / byteCount else { throw .tooManyHashes(limit: MD5.byteCount / byteCount) }
        rule =
            if client == .java { .bigEndian } else if byteCount > 1 { .littleEndian(byteCount: byteCount) } else {
                .byte(BloomFilter(bitCount: bitCount, hashCount: hashCount))
            }
    }

    /// The bits that a value sets, one a hash; two hashes may set the same.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no MD5.
    public func bits(of value: [UInt8], cohort: Int) throws(RandomnessError) -> [Int] {
        if case .byte(let filter) = rule { return try filter.bits(of: value, cohort: cohort) }
        let digest = try MD5.digest([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: cohort >> $0) } + value)
        return (0..<hashCount).map { hash in
            let (first, second) = (Int(digest[2 * hash]), Int(digest[2 * hash + 1]))
            return (rule == .bigEndian ? first << 8 | second : second << 8 | first) % bitCount
        }
    }

    /// Appends the row of a map file: the value, then k·cohort + bit + 1 for each cohort and each of its hashes, as CSV that
    /// ends in a carriage return and a line feed.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no MD5.
    /// - Complexity: a digest for each cohort.
    public func appendMapRow(
        of value: [UInt8], cohortCount: Int, to row: inout [UInt8]
    ) throws(RandomnessError) {
        MapCells.append(value, to: &row)
        for cohort in 0..<cohortCount {
            for bit in try bits(of: value, cohort: cohort) { MapCells.append(cohort * bitCount + bit + 1, to: &row) }
        }
        row += [0x0D, 0x0A]
    }
}
