public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// One bit about a number of a declared range, likelier 1 the higher the number; for means.
///
/// - Releases one bit.
/// - ε: bounds one report, between any two numbers (replace-one-value); reports add up.
/// - Estimator: with C the ones among n reports, p = 1 − T/N and q = T/N, the mean place is (C/n − q) / (p − q), from 0
///   at the lower end of the range to 1 at the upper; its standard error is at most 1 / (2·√n·(p − q)).
/// - Source: [DKY17], 1BitMean. Derivation: <doc:OneBitMean>.
public struct OneBitMean: LocalRandomizer, ExactlyAuditable {
    public static let identifier = "one_bit_mean"

    /// The integers of the one-bit mean.
    public struct Configuration: MechanismConfiguration {
        /// The declared bound in thousandths.
        public var epsilonThousandths: Int
        /// T: of the 2⁶⁴ words, those that make a 1 of the lower end and a 0 of the upper.
        public var lieThreshold: UInt64

        /// A configuration of these integers; ``OneBitMean/init(configuration:)`` validates them.
        public init(epsilonThousandths: Int, lieThreshold: UInt64) {
            (self.epsilonThousandths, self.lieThreshold) = (epsilonThousandths, lieThreshold)
        }

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            guard declared.permanentEpsilon == nil else { throw .unknownParameter(name: "epsilon_permanent") }
            guard declared.domain == .range else { throw .domainNotTaken(takes: "number") }
            guard !declared.reportsAbsence else { throw .absenceNotTaken }
            let epsilon = try declared.requiredEpsilon()
            self.init(
                epsilonThousandths: epsilon.thousandths,
                lieThreshold: Probability(flippingWithin: epsilon).numerator)
        }

        public var domain: InputDomain { .range }

        public var reportsAbsence: Bool { false }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            epsilonThousandths = Int(try reader.integer(UInt16.self))
            lieThreshold = try reader.integer(UInt64.self)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt16(epsilonThousandths))
            writer.append(lieThreshold)
        }
    }

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let loss: PrivacyLoss

    public init(configuration: Configuration) throws(ParameterError) {
        epsilon = try Epsilon(thousandths: configuration.epsilonThousandths)
        let (threshold, largest) = (configuration.lieThreshold, (UInt64(1) << 63) - 1)
        guard (1...largest).contains(threshold) else {
            throw .thresholdOutOfRange(threshold: threshold, allowed: 1...largest)
        }
        loss = try PrivacyLoss(of: WideUnsigned(0 &- threshold), over: WideUnsigned(threshold))
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
        self.configuration = configuration
    }

    /// Two categories: the bit.
    public var shape: Int { 2 }

    public var noiseWordCount: Int { 1 }

    /// The place in the range.
    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> UInt64 {
        switch input {
        case .place(let place):
            guard place <= InputDomain.rangeEnd else { throw .outOfDomain }
            return place
        case .absent: throw .absenceNotReported
        case .item, .text, .pair: throw .outOfDomain
        }
    }

    /// How many of the 2⁶⁴ words make a 1: T + ⌊place·(N − 2T) / 2³²⌋, from T to N − T.
    @inlinable
    public func onesNumerator(of place: UInt64) -> UInt64 {
        let threshold = configuration.lieThreshold
        let product = place.multipliedFullWidth(by: 0 &- 2 &* threshold)
        return threshold &+ (product.high << 32 | product.low >> 32)
    }

    /// One comparison, whatever the place.
    @inlinable
    public func randomize<Source: NoiseSource & ~Copyable>(_ value: UInt64, using source: inout Source)
        -> CategoryReport
    {
        CategoryReport(category: source.next() < onesNumerator(of: value) ? 1 : 0)
    }

    /// The ends, the places next to them and the middle.
    public var auditedInputs: [MechanismInput] {
        let end = InputDomain.rangeEnd
        return [0, 1, end / 2, end - 1, end].map { .place($0) }
    }

    public var allReports: [CategoryReport] { [CategoryReport(category: 0), CategoryReport(category: 1)] }

    public var likelihoodBitCount: Int { 64 }

    public func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        guard case .place(let place) = auditedInputs[item] else { preconditionFailure("audited inputs are places") }
        let ones = onesNumerator(of: place)
        return WideUnsigned(report.category == 1 ? ones : 0 &- ones)
    }
}
