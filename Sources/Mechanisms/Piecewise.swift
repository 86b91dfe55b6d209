public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// The piecewise mechanism on a grid: an output near a number of a declared range, or less likely any other; for means.
///
/// - Releases one of g + w outputs: one of the w around the point of the grid that the number was rounded to at random, or
///   one of the g others.
/// - ε: bounds one report, between any two numbers (replace-one-value); reports add up.
/// - Estimator: the mean of the outputs, affine in the mean place; its variance follows from the outputs' mean square.
/// - Source: [WXY19] §III-B; on a grid with exact integers, and with the window of least worst-case variance in place of
///   the published one. Derivation: <doc:Piecewise>.
public struct Piecewise: LocalRandomizer, ExactlyAuditable {
    public static let identifier = "piecewise"

    /// The integers of the piecewise mechanism.
    public struct Configuration: MechanismConfiguration {
        /// The declared bound in thousandths.
        public var epsilonThousandths: Int
        /// g: the steps of the grid.
        public var stepCount: Int
        /// w: the outputs of a window.
        public var width: Int
        /// T: of the 2⁶⁴ words, those that make an output outside the window.
        public var outsideThreshold: UInt64

        /// The steps of a grid that a registry does not name.
        public static let standardStepCount = 256

        public static let parameters = [
            MechanismParameter("grid", .count(GridWindow.allowedStepCounts), isOptional: true)
        ]

        /// A configuration of these integers; ``Piecewise/init(configuration:)`` validates them.
        public init(epsilonThousandths: Int, stepCount: Int, width: Int, outsideThreshold: UInt64) {
            (self.epsilonThousandths, self.stepCount) = (epsilonThousandths, stepCount)
            (self.width, self.outsideThreshold) = (width, outsideThreshold)
        }

        /// The least noise for a grid and a window, such as the published one.
        public init(epsilon: Epsilon, stepCount: Int, width: Int) {
            self.init(
                epsilonThousandths: epsilon.thousandths, stepCount: stepCount, width: width,
                outsideThreshold: WindowResponse.smallestOutsideThreshold(
                    cellCount: stepCount + 1, width: width, epsilon: epsilon))
        }

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            let epsilon = try declared.epsilonOfNumber()
            let declaredSteps = try declared.optionalCount("grid", in: GridWindow.allowedStepCounts)
            let stepCount = declaredSteps ?? Self.standardStepCount
            self.init(
                epsilon: epsilon, stepCount: stepCount,
                width: GridWindow.widthOfLeastVariance(stepCount: stepCount, epsilon: epsilon))
        }

        public var domain: InputDomain { .range }

        public var reportsAbsence: Bool { false }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            epsilonThousandths = Int(try reader.integer(UInt16.self))
            stepCount = Int(try reader.integer(UInt32.self))
            width = Int(try reader.integer(UInt32.self))
            outsideThreshold = try reader.integer(UInt64.self)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt16(epsilonThousandths))
            writer.append(UInt32(stepCount))
            writer.append(UInt32(width))
            writer.append(outsideThreshold)
        }
    }

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let loss: PrivacyLoss

    /// The integers that are sampled.
    public let grid: GridWindow

    public init(configuration: Configuration) throws(ParameterError) {
        epsilon = try Epsilon(thousandths: configuration.epsilonThousandths)
        grid = try GridWindow(
            stepCount: configuration.stepCount, width: configuration.width,
            outsideThreshold: configuration.outsideThreshold)
        loss = try grid.window.loss()
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
        self.configuration = configuration
    }

    public var shape: Int { grid.window.outputCount }

    public var noiseWordCount: Int { GridWindow.noiseWordCount }

    /// The place in the range.
    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> UInt64 {
        try input.numberPlace()
    }

    @inlinable
    public func randomize<Source: NoiseSource & ~Copyable>(_ value: UInt64, using source: inout Source)
        -> CategoryReport
    {
        let (gridWord, sideWord) = (source.next(), source.next())
        let (insideWord, outsideWord) = (source.next(), source.next())
        return CategoryReport(
            category: Int(
                grid.respond(
                    to: value, gridWord: gridWord, sideWord: sideWord, insideWord: insideWord, outsideWord: outsideWord)
            ))
    }

    public var auditedInputs: [MechanismInput] { auditedPlaces }

    public var allReports: [CategoryReport] { (0..<shape).map(CategoryReport.init) }

    public var likelihoodBitCount: Int { GridWindow.likelihoodBitCount }

    public func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        guard case .place(let place) = auditedInputs[item] else { preconditionFailure("audited inputs are places") }
        return grid.likelihood(of: report.category, given: place)
    }
}
