public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// d-bit flip: for d buckets of a range, drawn whatever the number, whether it is in them, every bit flipped at random; for
/// histograms.
///
/// - Releases d of k buckets, drawn without replacement, and a bit for each.
/// - ε: bounds one report, between any two numbers (replace-one-value); reports add up. Two numbers differ in the bits of at
///   most two sampled buckets, each of which spends ε/2; where only one is sampled, it spends ε.
/// - Estimator: of the m reports that sampled a bucket, C have its bit set; with p = 1 − T/N and q = T/N, its share is
///   (C/m − q) / (p − q).
/// - Source: [DKY17] §3, dBitFlip; with fresh noise, and with all of ε for a single bucket. Derivation: <doc:DBitFlip>.
public struct DBitFlip: LocalRandomizer {
    public static let identifier = "d_bit_flip"

    /// The integers of d-bit flip.
    public struct Configuration: MechanismConfiguration {
        /// The declared bound in thousandths.
        public var epsilonThousandths: Int
        /// k: the buckets.
        public var bucketCount: Int
        /// d: the buckets that a report is about.
        public var sampleCount: Int
        /// T: a bit flips if a uniform 64-bit word is below it.
        public var flipThreshold: UInt64

        /// k.
        public static let allowedBucketCounts = 2...1024

        public static let parameters = [
            MechanismParameter("buckets", .count(allowedBucketCounts)),
            MechanismParameter("sampled_buckets", .count(1...allowedBucketCounts.upperBound), isOptional: true),
        ]

        /// A configuration of these integers; ``DBitFlip/init(configuration:)`` validates them.
        public init(epsilonThousandths: Int, bucketCount: Int, sampleCount: Int, flipThreshold: UInt64) {
            (self.epsilonThousandths, self.bucketCount) = (epsilonThousandths, bucketCount)
            (self.sampleCount, self.flipThreshold) = (sampleCount, flipThreshold)
        }

        /// All buckets where a registry does not say how many: the variance is inverse to their number.
        public init(declared: MechanismDeclaration) throws(ParameterError) {
            let epsilon = try declared.epsilonOfNumber()
            let bucketCount = try declared.count("buckets", in: Self.allowedBucketCounts)
            let sampleCount = try declared.optionalCount("sampled_buckets", in: 1...bucketCount) ?? bucketCount
            self.init(
                epsilonThousandths: epsilon.thousandths, bucketCount: bucketCount, sampleCount: sampleCount,
                flipThreshold: Probability(flippingWithin: epsilon, parts: Swift.min(2, sampleCount)).numerator)
        }

        public var domain: InputDomain { .range }

        public var reportsAbsence: Bool { false }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            epsilonThousandths = Int(try reader.integer(UInt16.self))
            bucketCount = Int(try reader.integer(UInt16.self))
            sampleCount = Int(try reader.integer(UInt16.self))
            flipThreshold = try reader.integer(UInt64.self)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt16(epsilonThousandths))
            writer.append(UInt16(bucketCount))
            writer.append(UInt16(sampleCount))
            writer.append(flipThreshold)
        }
    }

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let loss: PrivacyLoss

    public init(configuration: Configuration) throws(ParameterError) {
        epsilon = try Epsilon(thousandths: configuration.epsilonThousandths)
        let (bucketCount, sampleCount) = (configuration.bucketCount, configuration.sampleCount)
        guard Configuration.allowedBucketCounts.contains(bucketCount) else {
            throw .countOutOfRange(name: "buckets", count: bucketCount, allowed: Configuration.allowedBucketCounts)
        }
        guard (1...bucketCount).contains(sampleCount) else {
            throw .countOutOfRange(name: "sampled_buckets", count: sampleCount, allowed: 1...bucketCount)
        }
        let (threshold, largest) = (configuration.flipThreshold, (UInt64(1) << 63) - 1)
        guard (1...largest).contains(threshold) else {
            throw .thresholdOutOfRange(threshold: threshold, allowed: 1...largest)
        }
        let (kept, flipped) = (WideUnsigned(0 &- threshold), WideUnsigned(threshold))
        loss =
            sampleCount == 1
            ? try PrivacyLoss(of: kept, over: flipped) : try PrivacyLoss(of: kept * kept, over: flipped * flipped)
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
        self.configuration = configuration
    }

    public var shape: SampledBitsReport.Shape {
        SampledBitsReport.Shape(bucketCount: configuration.bucketCount, sampleCount: configuration.sampleCount)
    }

    /// Two for each bucket.
    public var noiseWordCount: Int { 2 * configuration.bucketCount }

    /// The bucket of the number.
    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> UInt64 {
        try input.numberBucket(of: configuration.bucketCount)
    }

    /// Selection sampling (algorithm S of [Knu97] §3.4.2): of r buckets that remain, of which m are to be sampled, the next is
    /// with probability ⌈m·N / r⌉ / N. The number has no part in it, so its bias touches no ε; and as the bits are made
    /// alike for every bucket, neither number nor noise decides what is done.
    public func randomize<Source: NoiseSource & ~Copyable>(
        _ value: UInt64, using source: inout Source
    ) -> SampledBitsReport {
        var (sampled, bits) = (
            [UInt64](repeating: 0, count: shape.wordCount), [UInt64](repeating: 0, count: shape.wordCount)
        )
        var needed = UInt64(configuration.sampleCount)
        let bucketCount = UInt64(configuration.bucketCount)
        for bucket in 0..<bucketCount {
            let (sampleWord, flipWord) = (source.next(), source.next())
            let isSampled: UInt64 = sampleWord.multipliedFullWidth(by: bucketCount &- bucket).high < needed ? 1 : 0
            needed &-= isSampled
            let difference = bucket ^ value
            let isOwn = (difference &- 1) >> 63
            let flips: UInt64 = flipWord < configuration.flipThreshold ? 1 : 0
            let word = Int(bucket >> 6)
            sampled[word] |= isSampled << (bucket & 63)
            bits[word] |= ((isOwn ^ flips) & isSampled) << (bucket & 63)
        }
        return SampledBitsReport(sampled: sampled, bits: bits)
    }
}

/// For few buckets: there are 2^d times as many reports as ways to draw d of k.
extension DBitFlip: ExactlyAuditable {
    public var auditedInputs: [MechanismInput] { auditedBuckets(of: configuration.bucketCount) }

    public var allReports: [SampledBitsReport] {
        precondition(configuration.bucketCount <= 12, "the reports about few buckets can be listed")
        let all = 0..<(1 as UInt64) << UInt64(configuration.bucketCount)
        return all.filter { $0.nonzeroBitCount == configuration.sampleCount }.flatMap { sampled in
            all.filter { $0 & ~sampled == 0 }.map { SampledBitsReport(sampled: [sampled], bits: [$0]) }
        }
    }

    public var likelihoodBitCount: Int { 64 * (configuration.bucketCount + configuration.sampleCount) }

    /// Of every step of the sampling, and T or N − T for each bit that is not or is what the number demands.
    public func likelihood(of report: SampledBitsReport, given item: Int) -> WideUnsigned {
        guard let own = try? auditedInputs[item].numberBucket(of: configuration.bucketCount) else {
            preconditionFailure("audited inputs are places")
        }
        let whole = WideUnsigned(1) << 64
        let flipped = WideUnsigned(configuration.flipThreshold)
        var (product, needed) = (WideUnsigned(1), UInt64(configuration.sampleCount))
        for bucket in 0..<configuration.bucketCount {
            let remaining = UInt64(configuration.bucketCount - bucket)
            let chosen = (WideUnsigned(needed) * whole + WideUnsigned(remaining - 1)) / remaining
            guard report.isSampled(bucket) else {
                guard needed < remaining else { return .zero }
                product = product * (whole - chosen)
                continue
            }
            guard needed > 0 else { return .zero }
            needed -= 1
            product = product * chosen * (report.isSet(bucket) == (bucket == Int(own)) ? whole - flipped : flipped)
        }
        return product
    }
}
