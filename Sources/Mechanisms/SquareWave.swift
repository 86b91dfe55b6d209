public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// The square wave mechanism: an output near the bucket of a number, or less likely any other; for distributions and
/// quantiles.
///
/// - Releases one of d + w − 1 outputs for a number in one of d buckets: one of the w of the bucket's window, or one of the
///   d − 1 others.
/// - ε: bounds one report, between any two numbers (replace-one-value); reports add up.
/// - Estimator: shares of buckets, of everything below them and the mean by weighted least squares, unbiased, each with an
///   interval; and a likely distribution by expectation maximisation with smoothing.
/// - Source: [LWL20] §5, the discrete form. Derivation: <doc:SquareWave>.
public struct SquareWave: LocalRandomizer, ExactlyAuditable {
    public static let identifier = "square_wave"

    /// The integers of the square wave mechanism.
    public struct Configuration: MechanismConfiguration {
        /// The declared bound in thousandths.
        public var epsilonThousandths: Int
        /// d: the buckets.
        public var bucketCount: Int
        /// w: the outputs of a window.
        public var width: Int
        /// T: of the 2⁶⁴ words, those that make an output outside the window.
        public var outsideThreshold: UInt64

        /// d: from two buckets to as many as an estimate can still tell apart.
        public static let allowedBucketCounts = 2...1024

        /// The buckets of a metric that names none.
        public static let standardBucketCount = 64

        public static let parameters = [
            MechanismParameter("buckets", .count(allowedBucketCounts), isOptional: true)
        ]

        /// A configuration of these integers; ``SquareWave/init(configuration:)`` validates them.
        public init(epsilonThousandths: Int, bucketCount: Int, width: Int, outsideThreshold: UInt64) {
            (self.epsilonThousandths, self.bucketCount) = (epsilonThousandths, bucketCount)
            (self.width, self.outsideThreshold) = (width, outsideThreshold)
        }

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            let epsilon = try declared.epsilonOfNumber()
            let declaredBuckets = try declared.optionalCount("buckets", in: Self.allowedBucketCounts)
            let bucketCount = declaredBuckets ?? Self.standardBucketCount
            let width = Self.publishedWidth(bucketCount: bucketCount, epsilon: epsilon)
            self.init(
                epsilonThousandths: epsilon.thousandths, bucketCount: bucketCount, width: width,
                outsideThreshold: WindowResponse.smallestOutsideThreshold(
                    cellCount: bucketCount, width: width, epsilon: epsilon))
        }

        /// 2⌊b·d⌋ + 1 with b = (εe^ε − e^ε + 1) / (2e^ε(e^ε − 1 − ε)), as [LWL20] has it.
        ///
        /// ⌊b·d⌋ is the number of k of at least 1 with k·2E(E − 1 − ε) ≤ d·(εE − E + 1), E = e^ε.
        static func publishedWidth(bucketCount: Int, epsilon: Epsilon) -> Int {
            let one = WideUnsigned(1) << Exponential.fractionBitCount
            let (thousandths, buckets) = (UInt64(epsilon.thousandths), UInt64(bucketCount))
            let exponential = Exponential(of: thousandths, over: 1000).lower
            let thousand = WideUnsigned(1000)
            let rise = WideUnsigned(thousandths) * exponential + thousand * one - thousand * exponential
            let width =
                WideUnsigned(2) * exponential * (thousand * exponential - WideUnsigned(1000 + thousandths) * one)
            let limit = WideUnsigned(buckets) * rise * one
            let firstTooWide = smallest(in: 1...buckets) { WideUnsigned($0) * width > limit }
            return 2 * Int(firstTooWide - 1) + 1
        }

        public var domain: InputDomain { .range }

        public var reportsAbsence: Bool { false }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            epsilonThousandths = Int(try reader.integer(UInt16.self))
            bucketCount = Int(try reader.integer(UInt16.self))
            width = Int(try reader.integer(UInt16.self))
            outsideThreshold = try reader.integer(UInt64.self)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt16(epsilonThousandths))
            writer.append(UInt16(bucketCount))
            writer.append(UInt16(width))
            writer.append(outsideThreshold)
        }
    }

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let loss: PrivacyLoss

    /// The integers that are sampled.
    public let window: WindowResponse

    public init(configuration: Configuration) throws(ParameterError) {
        epsilon = try Epsilon(thousandths: configuration.epsilonThousandths)
        let (bucketCount, width) = (configuration.bucketCount, configuration.width)
        guard Configuration.allowedBucketCounts.contains(bucketCount) else {
            throw .countOutOfRange(
                name: "buckets", count: bucketCount, allowed: Configuration.allowedBucketCounts)
        }
        guard (1...2 * bucketCount).contains(width) else {
            throw .countOutOfRange(name: "window", count: width, allowed: 1...2 * bucketCount)
        }
        window = try WindowResponse(
            cellCount: bucketCount, width: width, outsideThreshold: configuration.outsideThreshold)
        loss = try window.loss()
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
        self.configuration = configuration
    }

    public var shape: Int { window.outputCount }

    public var noiseWordCount: Int { 3 }

    /// The bucket of the number.
    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> UInt64 {
        try input.numberBucket(of: configuration.bucketCount)
    }

    @inlinable
    public func randomize<Source: NoiseSource & ~Copyable>(_ value: UInt64, using source: inout Source)
        -> CategoryReport
    {
        let (sideWord, insideWord, outsideWord) = (source.next(), source.next(), source.next())
        return CategoryReport(
            category: Int(
                window.respond(to: value, sideWord: sideWord, insideWord: insideWord, outsideWord: outsideWord)))
    }

    public var auditedInputs: [MechanismInput] { auditedBuckets(of: configuration.bucketCount) }

    public var allReports: [CategoryReport] { (0..<shape).map(CategoryReport.init) }

    public var likelihoodBitCount: Int { 128 }

    public func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        guard let bucket = try? auditedInputs[item].numberBucket(of: configuration.bucketCount) else {
            preconditionFailure("audited inputs are places")
        }
        return window.likelihood(of: report.category, given: Int(bucket))
    }
}
