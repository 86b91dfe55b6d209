public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// Optimized local hashing: a random hash function, and k-ary randomized response about the own item's value under it.
///
/// - Releases a seed of 63 bits, drawn before the item is looked at, and one of g values.
/// - ε: bounds one report, between any two values and for every seed (replace-one-value); m reports lose at most m·ε.
/// - Estimator: with p* the probability of the truth among g, and q* that of another item's value, which is 1/g but for a
///   rounding that is counted, f̂ = (C/n − q*) / (p* − q*) from C of n reports whose value is the item's;
///   n·Var = [f·p*(1 − p*) + (1 − f)·q*(1 − q*)] / (p* − q*)².
/// - Source: [WBLJ17] §4.4. Derivation: <doc:OptimizedLocalHashing>.
public struct OptimizedLocalHashing: LocalRandomizer {
    public static let identifier = "optimized_local_hashing"

    /// The integers of local hashing.
    public struct Configuration: MechanismConfiguration {
        /// d: the values of the domain, and "no event" if that is reported.
        public var itemCount: Int
        /// g: the values of a hash function.
        public var hashRange: Int
        /// Whether the last item is "no event".
        public var reportsAbsence: Bool
        /// The declared bound in thousandths.
        public var epsilonThousandths: Int
        /// T: lie about the value if a uniform 64-bit word is below it.
        public var lieThreshold: UInt64
        /// The bits of a seed: 63, or 6, 9, 12 or 15, which audits can enumerate.
        public var seedBitCount: Int

        /// d: more would take too long to count.
        public static let itemCounts = 2...65_536
        /// g.
        public static let hashRanges = 2...65_536

        /// A registry has no key for `seed_bits`, with which audits declare seeds that they can enumerate.
        public static let parameters = [MechanismParameter("hash_range", .count(hashRanges), isOptional: true)]

        /// A configuration of these integers; ``OptimizedLocalHashing/init(configuration:)`` validates them.
        public init(
            itemCount: Int, hashRange: Int, reportsAbsence: Bool, epsilonThousandths: Int, lieThreshold: UInt64,
            seedBitCount: Int
        ) {
            (self.itemCount, self.hashRange, self.reportsAbsence) = (itemCount, hashRange, reportsAbsence)
            (self.epsilonThousandths, self.lieThreshold) = (epsilonThousandths, lieThreshold)
            self.seedBitCount = seedBitCount
        }

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            guard declared.permanentEpsilon == nil else { throw .unknownParameter(name: "epsilon_permanent") }
            let (itemCount, epsilon) = (try declared.itemCount(in: Self.itemCounts), try declared.requiredEpsilon())
            let hashRange =
                try declared.optionalCount("hash_range", in: Self.hashRanges)
                ?? OptimizedLocalHashing.bestHashRange(itemCount: itemCount, epsilon: epsilon)
            self.init(
                itemCount: itemCount, hashRange: hashRange, reportsAbsence: declared.reportsAbsence,
                epsilonThousandths: epsilon.thousandths,
                lieThreshold: ResponseRule.smallestLieThreshold(categoryCount: hashRange, epsilon: epsilon),
                seedBitCount: try declared.optionalCount("seed_bits", in: 6...63) ?? 63)
        }

        public var domain: InputDomain { .items(itemCount - (reportsAbsence ? 1 : 0)) }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            itemCount = Int(try reader.integer(UInt32.self))
            hashRange = Int(try reader.integer(UInt32.self))
            reportsAbsence = try reader.integer(UInt8.self) != 0
            epsilonThousandths = Int(try reader.integer(UInt16.self))
            lieThreshold = try reader.integer(UInt64.self)
            seedBitCount = Int(try reader.integer(UInt8.self))
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt32(itemCount))
            writer.append(UInt32(hashRange))
            writer.append(UInt8(reportsAbsence ? 1 : 0))
            writer.append(UInt16(epsilonThousandths))
            writer.append(lieThreshold)
            writer.append(UInt8(seedBitCount))
        }
    }

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let loss: PrivacyLoss

    /// The integers of the response about a value.
    public let rule: ResponseRule<UInt64>

    /// The hash functions.
    public let hash: LocalHash

    public init(configuration: Configuration) throws(ParameterError) {
        epsilon = try Epsilon(thousandths: configuration.epsilonThousandths)
        guard Configuration.itemCounts.contains(configuration.itemCount) else {
            throw .categoryCountOutOfRange(count: configuration.itemCount, allowed: Configuration.itemCounts)
        }
        let bitCount = configuration.seedBitCount
        guard LocalHash.seedBitCounts.contains(bitCount), 1 << (bitCount / 3) >= configuration.itemCount else {
            throw .countOutOfRange(name: "seed_bits", count: bitCount, allowed: 6...63)
        }
        hash = LocalHash(valueCount: configuration.hashRange, seedBitCount: bitCount)
        let largestRange = Swift.min(Configuration.hashRanges.upperBound, 1 << hash.elementBitCount)
        guard (2...largestRange).contains(configuration.hashRange) else {
            throw .countOutOfRange(name: "hash_range", count: configuration.hashRange, allowed: 2...largestRange)
        }
        rule = try ResponseRule(categoryCount: configuration.hashRange, lieThreshold: configuration.lieThreshold)
        loss = try rule.loss()
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
        self.configuration = configuration
    }

    /// The g with the least variance at f = 1/d, at most 65,536: with x = g − 1 and E = e^ε, n·Var is a function of x that is
    /// convex and that x + 1 makes no smaller as soon as (d + E − 1)·x·(x + 1) ≥ E·(d·E − E + 1).
    ///
    /// - Complexity: one ``Exponential`` and sixteen multiplications.
    public static func bestHashRange(itemCount: Int, epsilon: Epsilon) -> Int {
        let exponential = Exponential(of: UInt64(epsilon.thousandths), over: 1000).lower
        let one = WideUnsigned(1) << Exponential.fractionBitCount, count = UInt64(itemCount)
        let slope = exponential + one * WideUnsigned(count - 1)
        let right = exponential * (exponential * WideUnsigned(count - 1) + one)
        let largest = UInt64(Configuration.hashRanges.upperBound - 1)
        let others = smallest(in: 1...largest) { others in
            slope * one * WideUnsigned(others * (others + 1)) >= right
        }
        return Int(others) + 1
    }

    public var shape: HashedReport.Shape {
        HashedReport.Shape(seedBitCount: configuration.seedBitCount, valueCount: configuration.hashRange)
    }

    public var noiseWordCount: Int { 3 }

    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Int {
        try configuration.item(of: input, among: configuration.itemCount)
    }

    /// The seed is drawn first, whatever the item; all words are drawn always.
    public func randomize<Source: NoiseSource & ~Copyable>(_ value: Int, using source: inout Source) -> HashedReport {
        let seed = source.next() >> UInt64(64 - configuration.seedBitCount)
        let (lieWord, otherWord) = (source.next(), source.next())
        let answer = rule.respond(
            to: UInt64(hash.value(of: value, seed: seed)), lieWord: lieWord, otherWord: otherWord)
        return HashedReport(seed: seed, value: Int(answer))
    }
}

/// For seeds of few bits.
extension OptimizedLocalHashing: ExactlyAuditable {
    public var allReports: [HashedReport] {
        precondition(configuration.seedBitCount <= 16, "the functions of few seeds can be listed")
        return (0..<UInt64(1) << UInt64(configuration.seedBitCount)).flatMap { seed in
            (0..<configuration.hashRange).map { HashedReport(seed: seed, value: $0) }
        }
    }

    public var likelihoodBitCount: Int { 128 + configuration.seedBitCount }

    /// A seed is 1 of all, whatever the item.
    public func likelihood(of report: HashedReport, given item: Int) -> WideUnsigned {
        rule.likelihood(of: report.value, given: hash.value(of: item, seed: report.seed))
    }
}
