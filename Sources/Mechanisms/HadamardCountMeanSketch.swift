public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// The Hadamard count mean sketch: one bit about the place of a text in one row of a hash table, for texts of which no list
/// is declared and reports of a few bytes.
///
/// - Releases a row j and an index l, both uniform whatever the value, and one bit: the entry of the Hadamard matrix at l
///   and the place of the text in row j, flipped with probability T/N.
/// - ε: bounds one report, between any two texts or none (replace-one-value); reports add up. The one bit spends it all.
/// - Estimator: with C the reports whose bit is the candidate's entry, p = 1 − T/N and q′ = 1/2 + (p − 1/2)/m,
///   f̂ = (C/n − q′) / ((p − 1/2)·(1 − 1/m)). n·Var is that of a pure protocol with (p, q′), and about n·Σf² / (k·m) of
///   collisions in the table, over candidates.
/// - Source: [Apple17], HCMS. Derivation: <doc:HadamardCountMeanSketch>.
public struct HadamardCountMeanSketch: LocalRandomizer {
    public static let identifier = "hadamard_count_mean_sketch"

    /// The integers of a sketch.
    public struct Configuration: MechanismConfiguration {
        /// k: the rows.
        public var rowCount: Int
        /// m: the places of a row, and the indices of its transform.
        public var width: Int
        /// Whether "no event" is hashed like one more text.
        public var reportsAbsence: Bool
        /// The declared bound in thousandths.
        public var epsilonThousandths: Int
        /// T: the bit flips if a uniform 64-bit word is below it.
        public var flipThreshold: UInt64
        /// What the hash functions follow from.
        public var hashSeed: UInt64

        /// The most places: with two counts each, half a gigabyte.
        public static let largestCellCount = 1 << 26

        public static let parameters = CountMeanSketch.Configuration.parameters

        /// A configuration of these integers; ``HadamardCountMeanSketch/init(configuration:)`` validates them.
        public init(
            rowCount: Int, width: Int, reportsAbsence: Bool, epsilonThousandths: Int, flipThreshold: UInt64,
            hashSeed: UInt64
        ) {
            (self.rowCount, self.width, self.reportsAbsence) = (rowCount, width, reportsAbsence)
            (self.epsilonThousandths, self.flipThreshold) = (epsilonThousandths, flipThreshold)
            self.hashSeed = hashSeed
        }

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            guard declared.permanentEpsilon == nil else { throw .unknownParameter(name: "epsilon_permanent") }
            guard declared.domain == .text else { throw .domainNotTaken(takes: "string") }
            let epsilon = try declared.requiredEpsilon()
            self.init(
                rowCount: try declared.powerOfTwo("rows", in: CountMeanSketch.Configuration.allowedRowCounts),
                width: try declared.powerOfTwo("width", in: CountMeanSketch.Configuration.allowedWidths),
                reportsAbsence: declared.reportsAbsence, epsilonThousandths: epsilon.thousandths,
                flipThreshold: Probability(flippingWithin: epsilon).numerator, hashSeed: 0)
        }

        public var domain: InputDomain { .text }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            rowCount = Int(try reader.integer(UInt32.self))
            width = Int(try reader.integer(UInt32.self))
            reportsAbsence = try reader.integer(UInt8.self) != 0
            epsilonThousandths = Int(try reader.integer(UInt16.self))
            flipThreshold = try reader.integer(UInt64.self)
            hashSeed = try reader.integer(UInt64.self)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt32(rowCount))
            writer.append(UInt32(width))
            writer.append(UInt8(reportsAbsence ? 1 : 0))
            writer.append(UInt16(epsilonThousandths))
            writer.append(flipThreshold)
            writer.append(hashSeed)
        }
    }

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let loss: PrivacyLoss

    /// The hash functions.
    public let table: SketchTable

    public init(configuration: Configuration) throws(ParameterError) {
        epsilon = try Epsilon(thousandths: configuration.epsilonThousandths)
        table = try SketchTable(
            rowCount: configuration.rowCount, width: configuration.width, reportsAbsence: configuration.reportsAbsence,
            hashSeed: configuration.hashSeed, largestCellCount: Configuration.largestCellCount)
        let (threshold, largest) = (configuration.flipThreshold, (UInt64(1) << 63) - 1)
        guard (1...largest).contains(threshold) else {
            throw .thresholdOutOfRange(threshold: threshold, allowed: 1...largest)
        }
        loss = try PrivacyLoss(of: WideUnsigned(0 &- threshold), over: WideUnsigned(threshold))
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
        self.configuration = configuration
    }

    public var shape: HadamardReport.Shape {
        HadamardReport.Shape(rowCount: configuration.rowCount, width: configuration.width)
    }

    public var noiseWordCount: Int { 2 }

    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> SketchKey {
        try table.key(of: input)
    }

    /// The first word is row and index, the second flips. The parity of a word takes the same time for all.
    public func randomize<Source: NoiseSource & ~Copyable>(
        _ value: SketchKey, using source: inout Source
    ) -> HadamardReport {
        let (place, flip) = (Int(truncatingIfNeeded: source.next()), source.next())
        let index = place & (table.width - 1)
        let row = (place >> table.width.trailingZeroBitCount) & (table.rowCount - 1)
        let entry = Self.entry(index, table.row(row).place(of: value))
        return HadamardReport(row: row, index: index, isSet: entry ^ (flip < configuration.flipThreshold ? 1 : 0) == 1)
    }

    /// 1 where the Hadamard matrix of Sylvester has −1: the parity of the bits that two indices share.
    static func entry(_ index: Int, _ place: Int) -> Int { (index & place).nonzeroBitCount & 1 }
}

/// For sketches of few and short rows.
extension HadamardCountMeanSketch: ExactlyAuditable {
    /// Two texts that some row tells apart, and "no event" where it is reported.
    public var auditedInputs: [MechanismInput] { table.auditedInputs }

    public var allReports: [HadamardReport] {
        (0..<shape.reportCount).map { HadamardReport(number: $0, shape: shape) }
    }

    public var likelihoodBitCount: Int { 64 + table.rowCount.trailingZeroBitCount + table.width.trailingZeroBitCount }

    /// N − T if the bit is the entry, else T. Row and index are one of k·m, whatever the text.
    public func likelihood(of report: HadamardReport, given item: Int) -> WideUnsigned {
        guard let key = try? table.key(of: auditedInputs[item]) else {
            preconditionFailure("audited inputs are inputs")
        }
        let entry = Self.entry(report.index, table.row(report.row).place(of: key))
        let threshold = configuration.flipThreshold
        return WideUnsigned((entry == 1) == report.isSet ? 0 &- threshold : threshold)
    }
}
