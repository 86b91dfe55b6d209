public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// Basic RAPPOR: a fresh response to a memoized response to a vector with one bit for each value of a short list.
///
/// - Releases k bits: a fresh response (IRR) to the device's permanent response (PRR) to the one-hot vector of its
///   value. "No event" is the vector without a bit.
/// - ε: the four claims of <doc:MemoizedRandomizedResponse>. ``loss`` bounds one report, ``permanentLoss`` any number of
///   reports about one value, d times that two histories of d distinct values that repeat values at the same reports, and
///   ``instantaneousLoss`` times s any two histories that differ at s reports. Those that rest on the permanent response
///   hold against bounded adversaries.
/// - Estimator: with p* the probability of the own value's bit and q* of another's, f̂ = (C/n − q*) / (p* − q*) from C of
///   n reports; n·Var = [f·p*(1 − p*) + (1 − f)·q*(1 − q*)] / (p* − q*)².
/// - Source: [EPK14] §4 (basic RAPPOR). Derivation: <doc:BasicRappor>.
public struct BasicRappor: BitVectorRandomizer {
    public static let identifier = "basic_rappor"

    /// The integers of both stages.
    public struct Configuration: MechanismConfiguration {
        /// k: the declared values, each with a bit of its own, in `1...4,096`.
        public var valueCount: Int
        /// Whether "no event" is reported; it has no bit.
        public var reportsAbsence: Bool
        /// The noise.
        public var noise: BitNoise

        /// A configuration of these integers; ``BasicRappor/init(configuration:)`` validates them.
        public init(valueCount: Int, reportsAbsence: Bool, noise: BitNoise) {
            (self.valueCount, self.reportsAbsence, self.noise) = (valueCount, reportsAbsence, noise)
        }

        static let valueCounts = 1...4096

        public static let parameters = BitNoise.parameters

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            let itemCount = try declared.itemCount(in: Self.itemCounts(reportsAbsence: declared.reportsAbsence))
            valueCount = itemCount - (declared.reportsAbsence ? 1 : 0)
            reportsAbsence = declared.reportsAbsence
            noise = try BitNoise(declared: declared, differingBitCount: Self.differingBitCount(valueCount))
        }

        public var domain: InputDomain { .items(valueCount) }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            valueCount = Int(try reader.integer(UInt16.self))
            reportsAbsence = try reader.integer(UInt8.self) != 0
            noise = try BitNoise(reading: &reader)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt16(valueCount))
            writer.append(UInt8(reportsAbsence ? 1 : 0))
            noise.write(to: &writer)
        }

        /// Two values differ in a bit each; with only one value there is but "no event" to tell it from.
        static func differingBitCount(_ valueCount: Int) -> Int { Swift.min(2, valueCount) }

        /// There are at least two things to tell apart.
        static func itemCounts(reportsAbsence: Bool) -> ClosedRange<Int> {
            2...valueCounts.upperBound + (reportsAbsence ? 1 : 0)
        }
    }

    public let configuration: Configuration
    public let response: BitResponse

    public init(configuration: Configuration) throws(ParameterError) {
        let itemCount = configuration.valueCount + (configuration.reportsAbsence ? 1 : 0)
        let allowed = Configuration.itemCounts(reportsAbsence: configuration.reportsAbsence)
        guard allowed.contains(itemCount) else {
            throw .categoryCountOutOfRange(count: itemCount, allowed: allowed)
        }
        response = try BitResponse(
            configuration.noise, bitCount: configuration.valueCount,
            differingBitCount: Configuration.differingBitCount(configuration.valueCount))
        self.configuration = configuration
    }

    public var cohortCount: Int { 1 }

    public func valueBits(of input: MechanismInput, cohort: Int) throws(InputError) -> ValueBits {
        .one(bit: try item(of: input))
    }

    /// A tag and the item's index; "no event" is a tag alone.
    public func canonicalValue(of input: MechanismInput) throws(InputError) -> CanonicalValue {
        let item = try item(of: input)
        guard item < configuration.valueCount else { return CanonicalValue(tag: 0) }
        return CanonicalValue(tag: 2, number: UInt32(item))
    }

    /// The index of an input among the values, "no event" being the one after the last.
    private func item(of input: MechanismInput) throws(InputError) -> Int {
        try configuration.item(
            of: input, among: configuration.valueCount + (configuration.reportsAbsence ? 1 : 0))
    }
}
