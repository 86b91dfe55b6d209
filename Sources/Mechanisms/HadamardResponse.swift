public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// Hadamard response with one block: a random row of a Hadamard matrix in which the own item's column has a +1 likelier
/// than a −1.
///
/// - Releases one index of K, the least power of two above the number of items. Meant for ε of at most 1: above, other
///   mechanisms have a smaller error, five times smaller at ε = 3.
/// - ε: bounds one report, between any two values (replace-one-value); m reports lose at most m·ε.
/// - Estimator: with p* = 1 − T/N and q* = 1/2, f̂ = (C/n − q*) / (p* − q*) from C of n reports whose row has a +1 in the
///   item's column; n·Var = [f·p*(1 − p*) + (1 − f)/4] / (p* − 1/2)².
/// - Source: [ASZ19]. Derivation: <doc:HadamardResponse>.
public struct HadamardResponse: LocalRandomizer, ExactlyAuditable {
    public static let identifier = "hadamard_response"

    /// The integers of Hadamard response.
    public struct Configuration: MechanismConfiguration {
        /// The values of the domain, and "no event" if that is reported.
        public var itemCount: Int
        /// Whether the last item is "no event".
        public var reportsAbsence: Bool
        /// The declared bound in thousandths.
        public var epsilonThousandths: Int
        /// T: the row is one with a −1 if a uniform 64-bit word is below it.
        public var lieThreshold: UInt64

        /// As many items as have a column, beside column 0, of a matrix of up to 2²⁰ rows.
        public static let itemCounts = 2...(1 << 20) - 1

        /// A configuration of these integers; ``HadamardResponse/init(configuration:)`` validates them.
        public init(itemCount: Int, reportsAbsence: Bool, epsilonThousandths: Int, lieThreshold: UInt64) {
            (self.itemCount, self.reportsAbsence) = (itemCount, reportsAbsence)
            (self.epsilonThousandths, self.lieThreshold) = (epsilonThousandths, lieThreshold)
        }

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            guard declared.permanentEpsilon == nil else { throw .unknownParameter(name: "epsilon_permanent") }
            let (itemCount, epsilon) = (try declared.itemCount(in: Self.itemCounts), try declared.requiredEpsilon())
            self.init(
                itemCount: itemCount, reportsAbsence: declared.reportsAbsence, epsilonThousandths: epsilon.thousandths,
                lieThreshold: Probability(flippingWithin: epsilon).numerator)
        }

        public var domain: InputDomain { .items(itemCount - (reportsAbsence ? 1 : 0)) }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            itemCount = Int(try reader.integer(UInt32.self))
            reportsAbsence = try reader.integer(UInt8.self) != 0
            epsilonThousandths = Int(try reader.integer(UInt16.self))
            lieThreshold = try reader.integer(UInt64.self)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt32(itemCount))
            writer.append(UInt8(reportsAbsence ? 1 : 0))
            writer.append(UInt16(epsilonThousandths))
            writer.append(lieThreshold)
        }
    }

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let loss: PrivacyLoss

    public init(configuration: Configuration) throws(ParameterError) {
        epsilon = try Epsilon(thousandths: configuration.epsilonThousandths)
        guard Configuration.itemCounts.contains(configuration.itemCount) else {
            throw .categoryCountOutOfRange(count: configuration.itemCount, allowed: Configuration.itemCounts)
        }
        let threshold = configuration.lieThreshold
        guard threshold > 0, threshold < 1 << 63 else {
            throw .thresholdOutOfRange(threshold: threshold, allowed: 1...(1 << 63) - 1)
        }
        loss = try PrivacyLoss(of: WideUnsigned(0 &- threshold), over: WideUnsigned(threshold))
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
        self.configuration = configuration
    }

    /// K: the rows of the matrix.
    public var rowCount: Int { 1 << (Int.bitWidth - configuration.itemCount.leadingZeroBitCount) }

    public var shape: Int { rowCount }

    public var noiseWordCount: Int { 2 }

    /// The column of an item: all but column 0, which has a +1 in every row.
    public static func column(of item: Int) -> Int { item + 1 }

    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Int {
        try configuration.item(of: input, among: configuration.itemCount)
    }

    /// A uniform row, and where its sign is not the one that is wanted, the row that differs from it in one bit of the
    /// column alone. No branch and no draw depends on the item or on the noise.
    public func randomize<Source: NoiseSource & ~Copyable>(_ value: Int, using source: inout Source) -> CategoryReport {
        let isNegativeWanted: UInt64 = source.next() < configuration.lieThreshold ? 1 : 0
        let row = source.next() & UInt64(rowCount - 1)
        let column = UInt64(Self.column(of: value))
        let lowestBit = column & (0 &- column)
        let isWrong = Self.parity(row & column) ^ isNegativeWanted
        return CategoryReport(category: Int(row ^ lowestBit & (0 &- isWrong)))
    }

    public var allReports: [CategoryReport] { (0..<rowCount).map(CategoryReport.init) }

    /// 2·(N − T) or 2·T of N·K, over N·K/2.
    public var likelihoodBitCount: Int { 63 + rowCount.trailingZeroBitCount }

    public func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        let isNegative = Self.parity(UInt64(report.category & Self.column(of: item))) == 1
        return WideUnsigned(isNegative ? configuration.lieThreshold : 0 &- configuration.lieThreshold)
    }

    /// Whether an odd number of bits is set: 1 or 0. For words below 2³².
    private static func parity(_ word: UInt64) -> UInt64 {
        var folded = word ^ (word >> 16)
        folded ^= folded >> 8
        folded ^= folded >> 4
        folded ^= folded >> 2
        return (folded ^ (folded >> 1)) & 1
    }
}
