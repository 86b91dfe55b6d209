internal import LocalPrivacy
internal import SecureRandomness

/// The hash table of a sketch: k rows of m places, each with a function of its own, and the keys that they take.
public struct SketchTable: Hashable, Sendable {
    /// k.
    public let rowCount: Int
    /// m.
    public let width: Int
    /// What the hash functions follow from.
    public let hashSeed: UInt64
    /// Whether "no event" is hashed like one more text.
    public let reportsAbsence: Bool

    /// A table of these counts, powers of two that ``CountMeanSketch/Configuration`` allows.
    ///
    /// - Throws: ``ParameterError/countOutOfRange(name:count:allowed:)``, ``ParameterError/notAPowerOfTwo(name:count:)``,
    ///   and ``ParameterError/algorithmUnavailable(name:)`` where libcrypto has no SHA-256.
    init(
        rowCount: Int, width: Int, reportsAbsence: Bool, hashSeed: UInt64, largestCellCount: Int
    ) throws(ParameterError) {
        (self.rowCount, self.width) = (rowCount, width)
        (self.reportsAbsence, self.hashSeed) = (reportsAbsence, hashSeed)
        try Self.checkPowerOfTwo("rows", rowCount, in: CountMeanSketch.Configuration.allowedRowCounts)
        try Self.checkPowerOfTwo("width", width, in: CountMeanSketch.Configuration.allowedWidths)
        guard width <= largestCellCount / rowCount else {
            throw .countOutOfRange(name: "width", count: width, allowed: 2...largestCellCount / rowCount)
        }
        do { _ = try SHA256.digest([]) } catch { throw .algorithmUnavailable(name: "SHA256") }
    }

    /// The hash function of a row.
    public func row(_ index: Int) -> SketchRow { SketchRow(index, seed: hashSeed, width: width) }

    /// The key of a text, or of "no event".
    ///
    /// - Throws: ``InputError``.
    public func key(of input: MechanismInput) throws(InputError) -> SketchKey {
        let text: [UInt8]?
        switch input {
        case .text(let bytes):
            guard bytes.count <= InputDomain.textByteLimit else { throw .outOfDomain }
            text = bytes
        case .absent:
            guard reportsAbsence else { throw .absenceNotReported }
            text = nil
        case .item, .place, .pair: throw .outOfDomain
        }
        do { return try SketchKey(of: text, seed: hashSeed) } catch { throw .noRandomness(error) }
    }

    /// The empty text, the first of a fixed list that some row tells from it, and "no event" where it is reported.
    var auditedInputs: [MechanismInput] {
        let texts = (0..<100).lazy.map { Array("\($0)".utf8) }
        guard let empty = try? key(of: .text([])) else {
            preconditionFailure("there is SHA-256 where there is a sketch")
        }
        let other = texts.first { text in
            guard let other = try? key(of: .text(text)) else { return false }
            return (0..<rowCount).contains { row($0).place(of: empty) != row($0).place(of: other) }
        }
        return [.text([]), .text(other ?? [0])] + (reportsAbsence ? [.absent] : [])
    }

    private static func checkPowerOfTwo(
        _ name: String, _ count: Int, in allowed: ClosedRange<Int>
    ) throws(ParameterError) {
        guard allowed.contains(count) else { throw .countOutOfRange(name: name, count: count, allowed: allowed) }
        guard count.nonzeroBitCount == 1 else { throw .notAPowerOfTwo(name: name, count: count) }
    }
}
