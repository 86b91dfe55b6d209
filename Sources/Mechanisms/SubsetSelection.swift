public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// Subset selection: a random set of w of the d items, in which the device's own is likelier to be than any other.
///
/// - Releases w items of d. With w = 1 it is k-ary randomized response. No mechanism has a smaller error.
/// - ε: bounds one report, between any two values (replace-one-value); m reports lose at most m·ε.
/// - Estimator: with p* the probability that the own item is in the set and q* that another is, f̂ = (C/n − q*) / (p* − q*)
///   from C of n reports; n·Var = [f·p*(1 − p*) + (1 − f)·q*(1 − q*)] / (p* − q*)².
/// - Source: [YB18]; [WHW16]. Derivation: <doc:SubsetSelection>.
public struct SubsetSelection: LocalRandomizer {
    public static let identifier = "subset_selection"

    /// The integers of subset selection.
    public struct Configuration: MechanismConfiguration {
        /// d: the values of the domain, and "no event" if that is reported.
        public var itemCount: Int
        /// w: how many of them a report names.
        public var subsetSize: Int
        /// Whether the last item is "no event".
        public var reportsAbsence: Bool
        /// The declared bound in thousandths.
        public var epsilonThousandths: Int
        /// T: the own item is left out if a uniform 64-bit word is below it.
        public var lieThreshold: UInt64

        /// d: as many items as a report may have bits.
        public static let itemCounts = 2...65_536

        public static let parameters = [
            MechanismParameter("subset_size", .count(1...itemCounts.upperBound - 1), isOptional: true)
        ]

        /// A configuration of these integers; ``SubsetSelection/init(configuration:)`` validates them.
        public init(
            itemCount: Int, subsetSize: Int, reportsAbsence: Bool, epsilonThousandths: Int, lieThreshold: UInt64
        ) {
            (self.itemCount, self.subsetSize, self.reportsAbsence) = (itemCount, subsetSize, reportsAbsence)
            (self.epsilonThousandths, self.lieThreshold) = (epsilonThousandths, lieThreshold)
        }

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            guard declared.permanentEpsilon == nil else { throw .unknownParameter(name: "epsilon_permanent") }
            let (itemCount, epsilon) = (try declared.itemCount(in: Self.itemCounts), try declared.requiredEpsilon())
            let subsetSize =
                try declared.optionalCount("subset_size", in: 1...itemCount - 1)
                ?? SubsetRule.bestSubsetSize(itemCount: itemCount, epsilon: epsilon)
            self.init(
                itemCount: itemCount, subsetSize: subsetSize, reportsAbsence: declared.reportsAbsence,
                epsilonThousandths: epsilon.thousandths,
                lieThreshold: SubsetRule.smallestLieThreshold(
                    itemCount: itemCount, subsetSize: subsetSize, epsilon: epsilon))
        }

        public var domain: InputDomain { .items(itemCount - (reportsAbsence ? 1 : 0)) }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            itemCount = Int(try reader.integer(UInt32.self))
            subsetSize = Int(try reader.integer(UInt32.self))
            reportsAbsence = try reader.integer(UInt8.self) != 0
            epsilonThousandths = Int(try reader.integer(UInt16.self))
            lieThreshold = try reader.integer(UInt64.self)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt32(itemCount))
            writer.append(UInt32(subsetSize))
            writer.append(UInt8(reportsAbsence ? 1 : 0))
            writer.append(UInt16(epsilonThousandths))
            writer.append(lieThreshold)
        }
    }

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let loss: PrivacyLoss

    /// The integers that are sampled.
    public let rule: SubsetRule

    public init(configuration: Configuration) throws(ParameterError) {
        epsilon = try Epsilon(thousandths: configuration.epsilonThousandths)
        rule = try SubsetRule(
            itemCount: configuration.itemCount, subsetSize: configuration.subsetSize,
            lieThreshold: configuration.lieThreshold)
        loss = try rule.loss()
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
        self.configuration = configuration
    }

    public var shape: SubsetReport.Shape {
        SubsetReport.Shape(itemCount: configuration.itemCount, subsetSize: configuration.subsetSize)
    }

    public var noiseWordCount: Int { 1 + configuration.itemCount }

    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Int {
        try configuration.item(of: input, among: configuration.itemCount)
    }

    /// - Complexity: a word and a multiplication for each item.
    public func randomize<Source: NoiseSource & ~Copyable>(_ value: Int, using source: inout Source) -> SubsetReport {
        SubsetReport(words: rule.subset(for: value, using: &source))
    }
}

/// For domains of few items: there are d over w reports.
extension SubsetSelection: ExactlyAuditable {
    public var allReports: [SubsetReport] {
        precondition(configuration.itemCount <= 16, "the sets of few items can be listed")
        return (0..<UInt64(1) << UInt64(configuration.itemCount))
            .filter { $0.nonzeroBitCount == configuration.subsetSize }.map { SubsetReport(words: [$0]) }
    }

    public var likelihoodBitCount: Int { 64 * configuration.itemCount }

    public func likelihood(of report: SubsetReport, given item: Int) -> WideUnsigned {
        rule.likelihood(of: report.words, given: item)
    }
}
