public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// The hybrid mechanism: for every report a coin that no number touches picks the piecewise mechanism or one bit; for
/// means.
///
/// - Releases a bit, or one of the g + w outputs of ``Piecewise``: which of both is in the open.
/// - ε: bounds one report, between any two numbers (replace-one-value); reports add up.
/// - Estimator: the mean of unbiased scores, one for each output. With the published window its variance is that of the
///   middle for every number, and above ε = 0.61 below that of either part.
/// - Source: [WXY19] §III-C. Derivation: <doc:Hybrid>.
public struct Hybrid: LocalRandomizer, ExactlyAuditable {
    public static let identifier = "hybrid"

    /// The integers of the hybrid mechanism.
    public struct Configuration: MechanismConfiguration {
        /// The declared bound in thousandths.
        public var epsilonThousandths: Int
        /// T of the bit: of the 2⁶⁴ words, those that make a 1 of the lower end and a 0 of the upper.
        public var lieThreshold: UInt64
        /// A: of the 2⁶⁴ words, those that pick the piecewise mechanism; none at ε of up to 0.61.
        public var piecewiseThreshold: UInt64
        /// g: the steps of the grid.
        public var stepCount: Int
        /// w: the outputs of a window.
        public var width: Int
        /// T of the window: of the 2⁶⁴ words, those that make an output outside it.
        public var outsideThreshold: UInt64

        /// The largest ε, in thousandths, at which a bit alone is best.
        public static let largestBitThousandths = 610

        public static let parameters = Piecewise.Configuration.parameters

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            let epsilon = try declared.epsilonOfNumber()
            let declaredSteps = try declared.optionalCount("grid", in: GridWindow.allowedStepCounts)
            epsilonThousandths = epsilon.thousandths
            lieThreshold = Probability(flippingWithin: epsilon).numerator
            stepCount = declaredSteps ?? Piecewise.Configuration.standardStepCount
            width = GridWindow.publishedWidth(stepCount: stepCount, epsilon: epsilon)
            outsideThreshold = WindowResponse.smallestOutsideThreshold(
                cellCount: stepCount + 1, width: width, epsilon: epsilon)
            piecewiseThreshold =
                epsilon.thousandths <= Self.largestBitThousandths ? 0 : Self.piecewiseThreshold(epsilon: epsilon)
        }

        /// N·(1 − e^(−ε/2)), rounded down: the share of [WXY19].
        static func piecewiseThreshold(epsilon: Epsilon) -> UInt64 {
            let root = Exponential(of: UInt64(epsilon.thousandths), over: 2000).lower
            let whole = WideUnsigned(1) << (64 + Exponential.fractionBitCount)
            return 0 &- smallest(in: 1...UInt64.max) { root * WideUnsigned($0) >= whole }
        }

        public var domain: InputDomain { .range }

        public var reportsAbsence: Bool { false }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            epsilonThousandths = Int(try reader.integer(UInt16.self))
            lieThreshold = try reader.integer(UInt64.self)
            piecewiseThreshold = try reader.integer(UInt64.self)
            stepCount = Int(try reader.integer(UInt32.self))
            width = Int(try reader.integer(UInt32.self))
            outsideThreshold = try reader.integer(UInt64.self)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt16(epsilonThousandths))
            writer.append(lieThreshold)
            writer.append(piecewiseThreshold)
            writer.append(UInt32(stepCount))
            writer.append(UInt32(width))
            writer.append(outsideThreshold)
        }
    }

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let loss: PrivacyLoss

    /// The bit.
    public let bit: OneBitMean
    /// The integers of the piecewise mechanism.
    public let grid: GridWindow

    public init(configuration: Configuration) throws(ParameterError) {
        bit = try OneBitMean(
            configuration: .init(
                epsilonThousandths: configuration.epsilonThousandths, lieThreshold: configuration.lieThreshold))
        epsilon = bit.epsilon
        grid = try GridWindow(
            stepCount: configuration.stepCount, width: configuration.width,
            outsideThreshold: configuration.outsideThreshold)
        let gridLoss = try grid.window.loss()
        guard gridLoss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: gridLoss, epsilon: epsilon) }
        loss = configuration.piecewiseThreshold == 0 ? bit.loss : Swift.max(bit.loss, gridLoss)
        self.configuration = configuration
    }

    /// Two for the bit, then the outputs of the piecewise mechanism, if it is ever picked.
    public var shape: Int { 2 + (configuration.piecewiseThreshold == 0 ? 0 : grid.window.outputCount) }

    public var noiseWordCount: Int { 1 + GridWindow.noiseWordCount }

    /// The place in the range.
    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> UInt64 {
        try input.numberPlace()
    }

    /// Both are made, whatever the coin; as only one is sent, they share a word.
    @inlinable
    public func randomize<Source: NoiseSource & ~Copyable>(_ value: UInt64, using source: inout Source)
        -> CategoryReport
    {
        let (coinWord, gridWord, sideWord) = (source.next(), source.next(), source.next())
        let (insideWord, outsideWord) = (source.next(), source.next())
        let output =
            2
            &+ grid.respond(
                to: value, gridWord: gridWord, sideWord: sideWord, insideWord: insideWord, outsideWord: outsideWord)
        let one: UInt64 = sideWord < bit.onesNumerator(of: value) ? 1 : 0
        let isPiecewise: UInt64 = coinWord < configuration.piecewiseThreshold ? 1 : 0
        let mask = 0 &- isPiecewise
        return CategoryReport(category: Int((output & mask) | (one & ~mask)))
    }

    public var auditedInputs: [MechanismInput] { auditedPlaces }

    public var allReports: [CategoryReport] { (0..<shape).map(CategoryReport.init) }

    public var likelihoodBitCount: Int { 64 + GridWindow.likelihoodBitCount }

    public func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        guard case .place(let place) = auditedInputs[item] else { preconditionFailure("audited inputs are places") }
        let picked = WideUnsigned(configuration.piecewiseThreshold)
        guard report.category < 2 else { return picked * grid.likelihood(of: report.category - 2, given: place) }
        let ones = bit.onesNumerator(of: place)
        let numerator = WideUnsigned(report.category == 1 ? ones : 0 &- ones)
        return ((WideUnsigned(1) << 64) - picked) * numerator << (GridWindow.likelihoodBitCount - 64)
    }
}
