public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// One bit about a number, memoized for the ends of segments of the range to which the device rounds, and perturbed again
/// in every report; for means of what changes little.
///
/// - Releases one bit: a fresh flip (IRR) of the device's permanent bit (PRR) about the end to which it rounds its number.
/// - ε: the four claims of <doc:MemoizedRandomizedResponse> with ends of segments in the place of values. ``loss`` bounds
///   one report, ``permanentLoss`` any number of reports about one number, d ≤ segments + 1 times that two histories of d
///   distinct ends that repeat ends at the same reports, and ``instantaneousLoss`` times s any two histories that differ at
///   s reports. Those that rest on the permanent response hold against bounded adversaries.
/// - Estimator: with C the ones among n reports, p* = (p₁p₂ + q₁q₂) and q* = 1 − p*, the mean place is
///   (C/n − q*) / (p* − q*), from 0 at the lower end of the range to 1 at the upper; its standard error is at most
///   1 / (2·√n·(p* − q*)) in one period.
/// - Source: [DKY17] §3, α-point rounding and output perturbation. Derivation: <doc:MemoizedOneBitMean>.
public struct MemoizedOneBitMean: LongitudinalRandomizer {
    public static let identifier = OneBitMean.identifier

    /// The integers of both stages and of the rounding.
    public struct Configuration: MechanismConfiguration {
        /// The segments of the range, a power of two in `1...1,024`; a device keeps a bit for each of their ends.
        public var segmentCount: Int
        /// The declared bound on one report, in thousandths.
        public var epsilonThousandths: Int
        /// The declared bound on all reports about one number, in thousandths.
        public var permanentEpsilonThousandths: Int
        /// T of the permanent bit, as of ``OneBitMean``.
        public var permanentLieThreshold: UInt64
        /// T of the fresh flip.
        public var instantaneousLieThreshold: UInt64

        static let segmentCounts = 1...1024

        public static let parameters = [
            MechanismParameter("segments", .count(segmentCounts), isOptional: true)
        ]

        /// A configuration of these integers; ``MemoizedOneBitMean/init(configuration:)`` validates them.
        public init(
            segmentCount: Int, epsilonThousandths: Int, permanentEpsilonThousandths: Int,
            permanentLieThreshold: UInt64, instantaneousLieThreshold: UInt64
        ) {
            self.segmentCount = segmentCount
            self.epsilonThousandths = epsilonThousandths
            self.permanentEpsilonThousandths = permanentEpsilonThousandths
            self.permanentLieThreshold = permanentLieThreshold
            self.instantaneousLieThreshold = instantaneousLieThreshold
        }

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            guard declared.domain == .range else { throw .domainNotTaken(takes: "number") }
            guard !declared.reportsAbsence else { throw .absenceNotTaken }
            let segmentCount = try declared.optionalCount("segments", in: Self.segmentCounts) ?? 1
            guard segmentCount.nonzeroBitCount == 1 else {
                throw .notAPowerOfTwo(name: "segments", count: segmentCount)
            }
            // Two answers, of which the permanent one is at worst that about an end of the range.
            let two = try MemoizedRandomizedResponse.Configuration(
                declared: MechanismDeclaration(
                    epsilon: declared.epsilon, permanentEpsilon: declared.permanentEpsilon, domain: .items(2),
                    reportsAbsence: false))
            self.init(
                segmentCount: segmentCount, epsilonThousandths: two.epsilonThousandths,
                permanentEpsilonThousandths: two.permanentEpsilonThousandths,
                permanentLieThreshold: two.permanentLieThreshold,
                instantaneousLieThreshold: two.instantaneousLieThreshold)
        }

        public var domain: InputDomain { .range }

        public var reportsAbsence: Bool { false }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            segmentCount = Int(try reader.integer(UInt16.self))
            epsilonThousandths = Int(try reader.integer(UInt16.self))
            permanentEpsilonThousandths = Int(try reader.integer(UInt16.self))
            permanentLieThreshold = try reader.integer(UInt64.self)
            instantaneousLieThreshold = try reader.integer(UInt64.self)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt16(segmentCount))
            writer.append(UInt16(epsilonThousandths))
            writer.append(UInt16(permanentEpsilonThousandths))
            writer.append(permanentLieThreshold)
            writer.append(instantaneousLieThreshold)
        }
    }

    public let configuration: Configuration

    /// The memoized response to two answers whose losses these are: those about the two ends of the range.
    public let ends: MemoizedRandomizedResponse

    /// The permanent bit.
    private let permanent: OneBitMean

    public init(configuration: Configuration) throws(ParameterError) {
        let segmentCount = configuration.segmentCount
        guard Configuration.segmentCounts.contains(segmentCount) else {
            throw .countOutOfRange(name: "segments", count: segmentCount, allowed: Configuration.segmentCounts)
        }
        guard segmentCount.nonzeroBitCount == 1 else { throw .notAPowerOfTwo(name: "segments", count: segmentCount) }
        ends = try MemoizedRandomizedResponse(
            configuration: MemoizedRandomizedResponse.Configuration(
                itemCount: 2, reportsAbsence: false, epsilonThousandths: configuration.epsilonThousandths,
                permanentEpsilonThousandths: configuration.permanentEpsilonThousandths,
                permanentLieThreshold: configuration.permanentLieThreshold,
                instantaneousLieThreshold: configuration.instantaneousLieThreshold))
        permanent = try OneBitMean(
            configuration: OneBitMean.Configuration(
                epsilonThousandths: configuration.permanentEpsilonThousandths,
                lieThreshold: configuration.permanentLieThreshold))
        self.configuration = configuration
    }

    public var epsilon: Epsilon { ends.epsilon }
    public var permanentEpsilon: Epsilon { ends.permanentEpsilon }
    public var loss: PrivacyLoss { ends.loss }
    public var permanentLoss: PrivacyLoss { ends.permanentLoss }
    public var instantaneousLoss: PrivacyLoss { ends.instantaneousLoss }

    /// Two categories: the bit.
    public var shape: Int { 2 }

    public var permanentShape: Int { 2 }

    public var noiseWordCount: Int { 1 }

    public var distinctResponseLimit: Int { configuration.segmentCount + 1 }

    public var memoizedUnit: String { "rounded number" }

    /// The device's permanent bit about the end to which it rounds a number.
    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> CategoryReport {
        let (end, noise) = try end(of: input, on: device)
        let words: NoiseWords
        do { words = try noise.words(for: Self.canonical(end), wordCount: 1) } catch { throw .noRandomness(error) }
        return CategoryReport(category: words[0] < onesNumerator(ofEnd: end) ? 1 : 0)
    }

    /// The index of the end, so that the ledger counts ends.
    public func canonicalBytes(of input: MechanismInput, on device: DeviceContext) throws(InputError) -> [UInt8] {
        Self.canonical(try end(of: input, on: device).end).bytes
    }

    private static let alpha = CanonicalValue(Array("alpha".utf8))

    private static func canonical(_ end: UInt64) -> CanonicalValue {
        CanonicalValue(number: UInt32(truncatingIfNeeded: end))
    }

    /// The end to which the device rounds a number, by its own α.
    private func end(
        of input: MechanismInput, on device: DeviceContext
    ) throws(InputError) -> (end: UInt64, noise: PermanentNoise) {
        let place = try permanent.input(from: input, on: device)
        guard let noise = device.permanentNoise else { throw .permanentNoiseMissing }
        let words: NoiseWords
        do { words = try noise.words(for: Self.alpha, wordCount: 1) } catch { throw .noRandomness(error) }
        return (end(of: place, alpha: words[0] & (segmentWidth - 1)), noise)
    }

    /// How many places a segment has.
    var segmentWidth: UInt64 { InputDomain.rangeEnd >> UInt64(configuration.segmentCount.trailingZeroBitCount) }

    /// The end to which a device with this α, below the width of a segment, rounds a place: the upper one of its segment if
    /// that is at most α away.
    func end(of place: UInt64, alpha: UInt64) -> UInt64 {
        (place + alpha) >> UInt64(segmentWidth.trailingZeroBitCount)
    }

    /// How many of the 2⁶⁴ words make a permanent 1 of an end.
    func onesNumerator(ofEnd end: UInt64) -> UInt64 { permanent.onesNumerator(of: end &* segmentWidth) }

    /// One comparison, whatever the bit.
    public func randomize<Source: NoiseSource & ~Copyable>(
        _ permanent: CategoryReport, using source: inout Source
    ) -> CategoryReport {
        CategoryReport(category: permanent.category ^ (source.next() < configuration.instantaneousLieThreshold ? 1 : 0))
    }
}
