public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// One bit for each item, answered once with the least noise for clear bits, and then afresh with symmetric noise: L-OSUE.
///
/// - Releases k bits, one for each value and one for "no event" where that is reported: a fresh response (IRR) to the
///   device's permanent response (PRR) to the one-hot vector of its item.
/// - ε: the four claims of <doc:MemoizedRandomizedResponse>. ``loss`` bounds one report, ``permanentLoss`` any number of
///   reports about one value, d times that two histories of d distinct values that repeat values at the same reports, and
///   ``instantaneousLoss`` times s any two histories that differ at s reports. Those that rest on the permanent response
///   hold against bounded adversaries.
/// - Estimator: with p* the probability of the own item's bit and q* of another's, f̂ = (C/n − q*) / (p* − q*) from C of
///   n reports; n·Var = [f·p*(1 − p*) + (1 − f)·q*(1 − q*)] / (p* − q*)².
/// - Source: [ACAX22] §3 (L-OSUE), with thresholds in integers. Derivation: <doc:OptimizedSymmetricUnaryEncoding>.
public struct OptimizedSymmetricUnaryEncoding: BitVectorRandomizer {
    public static let identifier = "optimized_symmetric_unary_encoding"

    /// The integers of both stages.
    public struct Configuration: MechanismConfiguration {
        /// k: the declared values and "no event", each with a bit of its own, in `2...4,096`.
        public var itemCount: Int
        /// Whether the last item is "no event".
        public var reportsAbsence: Bool
        /// The noise; its T is that of clear bits, and set bits are kept for half of the words.
        public var noise: BitNoise

        /// A configuration of these integers; ``OptimizedSymmetricUnaryEncoding/init(configuration:)`` validates them.
        public init(itemCount: Int, reportsAbsence: Bool, noise: BitNoise) {
            (self.itemCount, self.reportsAbsence, self.noise) = (itemCount, reportsAbsence, noise)
        }

        static let itemCounts = 2...4096
        static let keepThreshold: UInt64 = 1 << 63

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            itemCount = try declared.itemCount(in: Self.itemCounts)
            reportsAbsence = declared.reportsAbsence
            noise = try BitNoise(leastWithin: declared, keepThreshold: Self.keepThreshold, differingBitCount: 2)
        }

        public var domain: InputDomain { .items(itemCount - (reportsAbsence ? 1 : 0)) }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            itemCount = Int(try reader.integer(UInt16.self))
            reportsAbsence = try reader.integer(UInt8.self) != 0
            noise = try BitNoise(reading: &reader)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt16(itemCount))
            writer.append(UInt8(reportsAbsence ? 1 : 0))
            noise.write(to: &writer)
        }
    }

    public let configuration: Configuration
    public let response: BitResponse

    public init(configuration: Configuration) throws(ParameterError) {
        guard Configuration.itemCounts.contains(configuration.itemCount) else {
            throw .categoryCountOutOfRange(count: configuration.itemCount, allowed: Configuration.itemCounts)
        }
        response = try BitResponse(
            configuration.noise, keepThreshold: Configuration.keepThreshold, bitCount: configuration.itemCount,
            differingBitCount: 2)
        self.configuration = configuration
    }

    public var cohortCount: Int { 1 }

    /// Every word is compared with the item's, so that time tells none.
    public func valueBits(of input: MechanismInput, cohort: Int) throws(InputError) -> ValueBits {
        .one(bit: try configuration.item(of: input, among: configuration.itemCount))
    }

    /// The item's index.
    public func canonicalValue(of input: MechanismInput) throws(InputError) -> CanonicalValue {
        CanonicalValue(number: UInt32(try configuration.item(of: input, among: configuration.itemCount)))
    }
}
