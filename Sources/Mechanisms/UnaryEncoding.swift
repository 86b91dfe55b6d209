public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// The parameters of a unary encoding; its integers follow from them.
public protocol UnaryConfiguration: MechanismConfiguration {
    /// What is declared and sampled.
    var noise: UnaryNoise { get }

    /// A configuration of these integers; the mechanism's initializer validates them.
    init(noise: UnaryNoise)

    /// The least P with which one report loses at most ε, before it is rounded up to what a chain samples.
    static func exactClearThreshold(within epsilon: Epsilon) -> UInt64

    /// Q that goes with P.
    static func setThreshold(clearThreshold: UInt64) -> UInt64
}

/// The integers of a unary encoding, but for the one that follows from them.
public struct UnaryNoise: Hashable, Sendable {
    /// d: the values of the domain, and "no event" if that is reported; each has a bit.
    public var itemCount: Int
    /// Whether the last item is "no event".
    public var reportsAbsence: Bool
    /// The declared bound in thousandths.
    public var epsilonThousandths: Int
    /// P: another item's bit is set if a uniform 64-bit word is below it; a multiple of 2⁴⁰, or below 2⁵⁶ of 2³².
    public var clearThreshold: UInt64

    /// d: as many items as a report may have bits.
    public static let itemCounts = 2...65_536

    /// Integers as they are.
    public init(itemCount: Int, reportsAbsence: Bool, epsilonThousandths: Int, clearThreshold: UInt64) {
        (self.itemCount, self.reportsAbsence) = (itemCount, reportsAbsence)
        (self.epsilonThousandths, self.clearThreshold) = (epsilonThousandths, clearThreshold)
    }
}

extension UnaryConfiguration {
    public init(declared: MechanismDeclaration) throws(ParameterError) {
        guard declared.permanentEpsilon == nil else { throw .unknownParameter(name: "epsilon_permanent") }
        let (itemCount, epsilon) = (try declared.itemCount(in: UnaryNoise.itemCounts), try declared.requiredEpsilon())
        guard let clear = LaneThreshold(atLeast: Self.exactClearThreshold(within: epsilon)) else {
            preconditionFailure("a threshold of at most 2⁶³ has a multiple of 2⁴⁰ above it")
        }
        self.init(
            noise: UnaryNoise(
                itemCount: itemCount, reportsAbsence: declared.reportsAbsence, epsilonThousandths: epsilon.thousandths,
                clearThreshold: clear.numerator))
    }

    public var domain: InputDomain { .items(noise.itemCount - (noise.reportsAbsence ? 1 : 0)) }

    public var reportsAbsence: Bool { noise.reportsAbsence }

    public init(reading reader: inout ByteReader) throws(ByteFormatError) {
        self.init(
            noise: UnaryNoise(
                itemCount: Int(try reader.integer(UInt32.self)),
                reportsAbsence: try reader.integer(UInt8.self) != 0,
                epsilonThousandths: Int(try reader.integer(UInt16.self)),
                clearThreshold: try reader.integer(UInt64.self)))
    }

    public func write(to writer: inout ByteWriter) {
        writer.append(UInt32(noise.itemCount))
        writer.append(UInt8(noise.reportsAbsence ? 1 : 0))
        writer.append(UInt16(noise.epsilonThousandths))
        writer.append(noise.clearThreshold)
    }
}

/// A mechanism that reports a bit for each item: the own item's is set with probability Q/N, any other with P/N.
public protocol UnaryEncoding: LocalRandomizer, ExactlyAuditable
where Value == Int, Report == BitVectorReport, Configuration: UnaryConfiguration {
    /// The validated integers.
    var response: UnaryResponse { get }
}

extension UnaryEncoding {
    public var epsilon: Epsilon { response.epsilon }

    public var loss: PrivacyLoss { response.loss }

    public var shape: BitVectorReport.Shape {
        BitVectorReport.Shape(partitionCount: 1, bitCount: configuration.noise.itemCount)
    }

    public var noiseWordCount: Int { 1 + response.clear.noiseWordCount(for: shape.wordCount) }

    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Int {
        try configuration.item(of: input, among: configuration.noise.itemCount)
    }

    public func randomize<Source: NoiseSource & ~Copyable>(
        _ value: Int, using source: inout Source
    ) -> BitVectorReport {
        let shape = shape
        return BitVectorReport(
            partition: 0,
            words: [UInt64](wordCount: shape.wordCount) {
                response.write(value, shape: shape, using: &source, to: &$0, from: 0)
            })
    }

    public func appendPayload<Source: NoiseSource & ~Copyable>(
        about value: Int, using source: inout Source, to bytes: inout [UInt8]
    ) {
        let shape = shape
        bytes.appendVector(in: 0, shape: shape) {
            response.write(value, shape: shape, using: &source, to: &$0, from: $1)
        }
    }

    public var allReports: [BitVectorReport] {
        precondition(shape.bitCount <= 16, "the reports about few items can be listed")
        return (0..<UInt64(1) << UInt64(shape.bitCount)).map { BitVectorReport(partition: 0, words: [$0]) }
    }

    public var likelihoodBitCount: Int { 64 * shape.bitCount }

    public func likelihood(of report: BitVectorReport, given item: Int) -> WideUnsigned {
        (0..<shape.bitCount).reduce(WideUnsigned(1)) { product, bit in
            product * response.likelihood(ofSet: report[bit], isOwn: bit == item)
        }
    }
}

/// What a unary encoding samples: P for the bits of other items, 64 at once, and Q for the own one.
public struct UnaryResponse: Hashable, Sendable {
    /// The declared bound.
    public let epsilon: Epsilon
    /// The loss that P and Q realise.
    public let loss: PrivacyLoss
    /// P.
    public let clear: LaneThreshold
    /// Q.
    public let set: UInt64

    /// The integers of a configuration.
    ///
    /// - Throws: ``ParameterError``, also where they give less noise than ε needs, and where P is no chain's or not below
    ///   one half.
    init<Configuration: UnaryConfiguration>(_ configuration: Configuration) throws(ParameterError) {
        let noise = configuration.noise, threshold = noise.clearThreshold
        epsilon = try Epsilon(thousandths: noise.epsilonThousandths)
        guard UnaryNoise.itemCounts.contains(noise.itemCount) else {
            throw .categoryCountOutOfRange(count: noise.itemCount, allowed: UnaryNoise.itemCounts)
        }
        guard threshold < 1 << 63 else {
            throw .thresholdOutOfRange(threshold: threshold, allowed: 1 << 32...(1 << 63) - 1 << 40)
        }
        clear = try LaneThreshold(exactly: threshold)
        set = Configuration.setThreshold(clearThreshold: threshold)
        // One bit that only the first of two values sets, and one that only the second does: Q·(N − P) / (P·(N − Q)).
        loss = try PrivacyLoss(
            of: WideUnsigned(set) * WideUnsigned(0 &- threshold),
            over: WideUnsigned(threshold) * WideUnsigned(0 &- set))
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
    }

    /// The bits of a report: one word decides about the own bit, a chain about all, and every word is compared with the
    /// own bit's place.
    func write<Source: NoiseSource & ~Copyable>(
        _ item: Int, shape: BitVectorReport.Shape, using source: inout Source, to bits: inout MutableRawSpan,
        from start: Int
    ) {
        let isOwnSet: UInt64 = source.next() < set ? 1 : 0, wordCount = shape.wordCount
        source.withNext(clear.noiseWordCount(for: wordCount)) { noise in
            clear.write(wordCount: wordCount, noise: noise, to: &bits, from: start)
        }
        let (place, bit) = (UInt64(item) >> 6, (1 as UInt64) << (UInt64(item) & 63))
        for index in 0..<wordCount {
            // All ones where the difference is 0, from which alone 1 cannot be taken; else zero.
            let isPlace = 0 &- (((UInt64(index) ^ place) &- 1) >> 63)
            let own = bit & isPlace
            let mask = index == wordCount - 1 ? shape.lastWordMask : .max
            let word = bits.word(at: index, from: start) & ~own | own & (0 &- isOwnSet)
            bits.setWord(word & mask, at: index, from: start)
        }
    }

    /// The probability that a bit is as it is, as a numerator over N.
    func likelihood(ofSet isSet: Bool, isOwn: Bool) -> WideUnsigned {
        let threshold = isOwn ? set : clear.numerator
        return WideUnsigned(isSet ? threshold : 0 &- threshold)
    }
}
