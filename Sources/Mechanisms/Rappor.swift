public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// RAPPOR: a fresh response to a memoized response to the Bloom filter of a text, for texts of which no list is declared.
///
/// - Releases a cohort and k bits: a fresh response (IRR) to the device's permanent response (PRR) to the h bits that
///   its text sets in its cohort. "No event" is the filter without a bit.
/// - ε: the four claims of <doc:MemoizedRandomizedResponse>, for devices of one cohort, which is drawn without regard to
///   the text and known to all. ``loss`` bounds one report, ``permanentLoss`` any number of reports about one text,
///   d times that two histories of d distinct texts that repeat texts at the same reports, and ``instantaneousLoss``
///   times s any two histories that differ at s reports. Those that rest on the permanent response hold against bounded
///   adversaries.
/// - Estimator: least squares of the bits' counts on the candidates' filters; see <doc:Rappor>.
/// - Source: [EPK14] §3, with thresholds in integers; google/rappor's rule for the filter.
public struct Rappor: BitVectorRandomizer {
    public static let identifier = "rappor"

    /// The integers of filter and noise.
    public struct Configuration: MechanismConfiguration {
        /// k: the bits of a filter, a power of two in `2...256`.
        public var bitCount: Int
        /// h: the bits that a text sets, in `1...8` and at most k; two may coincide.
        public var hashCount: Int
        /// m: the cohorts, a power of two in `1...1,024`; each has filters of its own.
        public var cohortCount: Int
        /// Whether "no event" is reported.
        public var reportsAbsence: Bool
        /// The noise.
        public var noise: BitNoise

        /// A configuration of these integers; ``Rappor/init(configuration:)`` validates them.
        public init(bitCount: Int, hashCount: Int, cohortCount: Int, reportsAbsence: Bool, noise: BitNoise) {
            (self.bitCount, self.hashCount, self.cohortCount) = (bitCount, hashCount, cohortCount)
            (self.reportsAbsence, self.noise) = (reportsAbsence, noise)
        }

        static let bitCounts = 2...256
        static let cohortCounts = 1...1024
        static func hashCounts(bitCount: Int) -> ClosedRange<Int> { 1...Swift.min(8, bitCount) }

        public static let parameters =
            [
                MechanismParameter("bits", .count(bitCounts)), MechanismParameter("hashes", .count(1...8)),
                MechanismParameter("cohorts", .count(cohortCounts)),
            ] + BitNoise.parameters

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            guard declared.domain == .text else { throw .domainNotTaken(takes: "string") }
            bitCount = try declared.powerOfTwo("bits", in: Self.bitCounts)
            hashCount = try declared.count("hashes", in: Self.hashCounts(bitCount: bitCount))
            cohortCount = try declared.powerOfTwo("cohorts", in: Self.cohortCounts)
            reportsAbsence = declared.reportsAbsence
            noise = try BitNoise(declared: declared, differingBitCount: 2 * hashCount)
        }

        public var domain: InputDomain { .text }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            bitCount = Int(try reader.integer(UInt16.self))
            hashCount = Int(try reader.integer(UInt8.self))
            cohortCount = Int(try reader.integer(UInt16.self))
            reportsAbsence = try reader.integer(UInt8.self) != 0
            noise = try BitNoise(reading: &reader)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt16(bitCount))
            writer.append(UInt8(hashCount))
            writer.append(UInt16(cohortCount))
            writer.append(UInt8(reportsAbsence ? 1 : 0))
            noise.write(to: &writer)
        }

        fileprivate func validateCounts() throws(ParameterError) {
            for (name, count, allowed) in [
                ("bits", bitCount, Self.bitCounts), ("cohorts", cohortCount, Self.cohortCounts),
            ] {
                guard allowed.contains(count) else {
                    throw .countOutOfRange(name: name, count: count, allowed: allowed)
                }
                guard count.nonzeroBitCount == 1 else { throw .notAPowerOfTwo(name: name, count: count) }
            }
            let hashCounts = Self.hashCounts(bitCount: bitCount)
            guard hashCounts.contains(hashCount) else {
                throw .countOutOfRange(name: "hashes", count: hashCount, allowed: hashCounts)
            }
        }
    }

    public let configuration: Configuration
    public let response: BitResponse

    /// The filter of a text.
    public let filter: BloomFilter

    public init(configuration: Configuration) throws(ParameterError) {
        try configuration.validateCounts()
        do { _ = try MD5.digest([]) } catch { throw .algorithmUnavailable(name: "MD5") }
        filter = BloomFilter(bitCount: configuration.bitCount, hashCount: configuration.hashCount)
        response = try BitResponse(
            configuration.noise, bitCount: configuration.bitCount, differingBitCount: 2 * configuration.hashCount)
        self.configuration = configuration
    }

    public var cohortCount: Int { configuration.cohortCount }

    public func valueBits(of input: MechanismInput, cohort: Int) throws(InputError) -> ValueBits {
        // "No event" is hashed as well, so that it takes a text's time.
        let text = try text(of: input)
        let bits: InlineArray<4, UInt64>
        do { bits = try filter.bitsInEqualTime(of: text ?? [], cohort: cohort) } catch { throw .noRandomness(error) }
        return .filter(text == nil ? InlineArray(repeating: 0) : bits)
    }

    /// A tag and the text, so that no text is "no event".
    public func canonicalValue(of input: MechanismInput) throws(InputError) -> CanonicalValue {
        guard let text = try text(of: input) else { return CanonicalValue(tag: 0) }
        return CanonicalValue(tag: 1, text)
    }

    /// The text of an input; `nil` for "no event".
    private func text(of input: MechanismInput) throws(InputError) -> [UInt8]? {
        switch input {
        case .text(let text):
            guard text.count <= InputDomain.textByteLimit else { throw .outOfDomain }
            return text
        case .absent:
            guard configuration.reportsAbsence else { throw .absenceNotReported }
            return nil
        case .item, .place, .pair: throw .outOfDomain
        }
    }

    /// Two texts that set h bits each and none together in the first cohort, if a thousand texts hold such; and "no
    /// event". Where h is above k/2 there are none, and the losses are upper bounds.
    public var auditedInputs: [MechanismInput] {
        let texts = (0..<1000).lazy.map { Array(String($0).utf8) }
        func bits(_ text: [UInt8]) -> Set<Int> { Set((try? filter.bits(of: text, cohort: 0)) ?? []) }
        let first = texts.first { bits($0).count == filter.hashCount } ?? [48]
        let second = texts.first {
            let set = bits($0)
            return set.count == filter.hashCount && set.isDisjoint(with: bits(first))
        }
        return [.text(first), .text(second ?? first + first)] + (configuration.reportsAbsence ? [.absent] : [])
    }
}
