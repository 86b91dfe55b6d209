public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// The count mean sketch: the place of a text in one row of a hash table, as a one-hot vector with every bit flipped at
/// random; for texts of which no list is declared.
///
/// - Releases a row, drawn uniformly, and m bits.
/// - ε: bounds one report, between any two texts or none (replace-one-value); reports add up. Two one-hot vectors differ in
///   two bits, each of which spends ε/2.
/// - Estimator: with C the reports whose bit at the candidate's place in their row is set, p = 1 − T/N, q = T/N and
///   q′ = q + (p − q)/m, f̂ = (C/n − q′) / ((p − q)·(1 − 1/m)). n·Var is that of a pure protocol with (p, q′), and about
///   n·Σf² / (k·m) of collisions in the table, over candidates.
/// - Source: [Apple17]. Derivation: <doc:CountMeanSketch>.
public struct CountMeanSketch: LocalRandomizer {
    public static let identifier = "count_mean_sketch"

    /// The integers of a sketch.
    public struct Configuration: MechanismConfiguration {
        /// k: the rows.
        public var rowCount: Int
        /// m: the bits of a row.
        public var width: Int
        /// Whether "no event" is hashed like one more text.
        public var reportsAbsence: Bool
        /// The declared bound in thousandths.
        public var epsilonThousandths: Int
        /// T: a bit flips if a uniform 64-bit word is below it.
        public var flipThreshold: UInt64
        /// What the hash functions follow from.
        public var hashSeed: UInt64

        /// k: from one row to as many as two bytes name.
        public static let allowedRowCounts = 1...65_536
        /// m: as many bits as a report may have.
        public static let allowedWidths = 2...65_536
        /// The most cells: half a gigabyte of counts.
        public static let largestCellCount = 1 << 27

        /// k and m of a sketch that a registry declares. Smaller ones can be enumerated, which audits do, and say little:
        /// in fewer rows one meeting with a frequent value is as good as holding it.
        public static let declarableRowCounts = 16...65_536, declarableWidths = 16...65_536

        public static let parameters = [
            MechanismParameter("rows", .count(declarableRowCounts)),
            MechanismParameter("width", .count(declarableWidths)),
        ]

        /// A configuration of these integers; ``CountMeanSketch/init(configuration:)`` validates them.
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
                rowCount: try declared.powerOfTwo("rows", in: Self.allowedRowCounts),
                width: try declared.powerOfTwo("width", in: Self.allowedWidths),
                reportsAbsence: declared.reportsAbsence, epsilonThousandths: epsilon.thousandths,
                flipThreshold: CountMeanSketch.smallestFlipThreshold(epsilon: epsilon), hashSeed: 0)
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

    /// The probability with which each bit flips.
    public let flip: LaneThreshold

    public init(configuration: Configuration) throws(ParameterError) {
        epsilon = try Epsilon(thousandths: configuration.epsilonThousandths)
        table = try SketchTable(
            rowCount: configuration.rowCount, width: configuration.width, reportsAbsence: configuration.reportsAbsence,
            hashSeed: configuration.hashSeed, largestCellCount: Configuration.largestCellCount)
        let threshold = configuration.flipThreshold
        guard threshold < 1 << 63 else {
            throw .thresholdOutOfRange(threshold: threshold, allowed: 1 << 32...(1 << 63) - 1 << 40)
        }
        flip = try LaneThreshold(exactly: threshold)
        loss = try Self.loss(flipThreshold: threshold)
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
        self.configuration = configuration
    }

    /// The least noise with which two bits that differ lose at most ε together.
    ///
    /// - Complexity: one ``Exponential`` and 64 multiplications.
    public static func smallestFlipThreshold(epsilon: Epsilon) -> UInt64 {
        let exact = Probability(flippingWithin: epsilon, parts: 2).numerator
        guard let threshold = LaneThreshold(atLeast: exact) else {
            preconditionFailure("a threshold of at most 2⁶³ has a multiple of 2⁴⁰ above it")
        }
        return threshold.numerator
    }

    /// The loss of two bits: ((N − T) / T)².
    ///
    /// - Throws: ``ParameterError/lossTooLarge``.
    public static func loss(flipThreshold: UInt64) throws(ParameterError) -> PrivacyLoss {
        let (kept, flipped) = (WideUnsigned(0 &- flipThreshold), WideUnsigned(flipThreshold))
        return try PrivacyLoss(of: kept * kept, over: flipped * flipped)
    }

    public var shape: BitVectorReport.Shape {
        BitVectorReport.Shape(partitionCount: configuration.rowCount, bitCount: configuration.width)
    }

    public var noiseWordCount: Int { 1 + flip.noiseWordCount(for: shape.wordCount) }

    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> SketchKey {
        try table.key(of: input)
    }

    /// The hash function of a row.
    public func row(_ index: Int) -> SketchRow { table.row(index) }

    public func randomize<Source: NoiseSource & ~Copyable>(
        _ value: SketchKey, using source: inout Source
    ) -> BitVectorReport {
        let row = drawRow(using: &source), wordCount = shape.wordCount
        return BitVectorReport(
            partition: row,
            words: [UInt64](wordCount: wordCount) { write(value, in: row, using: &source, to: &$0, from: 0) })
    }

    public func appendPayload<Source: NoiseSource & ~Copyable>(
        about value: SketchKey, using source: inout Source, to bytes: inout [UInt8]
    ) {
        let row = drawRow(using: &source)
        bytes.appendVector(in: row, shape: shape) { write(value, in: row, using: &source, to: &$0, from: $1) }
    }

    private func drawRow<Source: NoiseSource & ~Copyable>(using source: inout Source) -> Int {
        Int(truncatingIfNeeded: source.next()) & (configuration.rowCount - 1)
    }

    /// No branch and no index depends on the value: every word is compared with the place.
    private func write<Source: NoiseSource & ~Copyable>(
        _ value: SketchKey, in row: Int, using source: inout Source, to bits: inout MutableRawSpan, from start: Int
    ) {
        let shape = shape, place = UInt64(self.row(row).place(of: value))
        let (placeWord, placeBit) = (place >> 6, (1 as UInt64) << (place & 63))
        source.withNext(flip.noiseWordCount(for: shape.wordCount)) { noise in
            flip.write(wordCount: shape.wordCount, noise: noise, to: &bits, from: start)
        }
        for index in 0..<shape.wordCount {
            let difference = UInt64(index) ^ placeWord
            // All ones where the difference is 0, from which alone 1 cannot be taken; else zero.
            let isPlaceWord = 0 &- ((difference &- 1) >> 63)
            let mask = index == shape.wordCount - 1 ? shape.lastWordMask : .max
            bits.setWord((bits.word(at: index, from: start) ^ placeBit & isPlaceWord) & mask, at: index, from: start)
        }
    }
}
