public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// k-ary randomized response with fresh noise: the truth, or with a small probability another category.
///
/// - Releases one category of k. With k = 2 it is Warner's coin.
/// - ε: bounds one report, between any two values (replace-one-value); m reports lose at most m·ε.
/// - Estimator: with p* the probability of the truth and q* of one other category, f̂ = (C/n − q*) / (p* − q*) from
///   C of n reports; n·Var = [f·p*(1 − p*) + (1 − f)·q*(1 − q*)] / (p* − q*)².
/// - Source: [War65]; [KBR16] §2; [WBLJ17] §4. Derivation: <doc:RandomizedResponse>.
public struct RandomizedResponse: LocalRandomizer, ExactlyAuditable {
    public static let identifier = "randomized_response"

    /// The integers of k-ary randomized response.
    public struct Configuration: MechanismConfiguration {
        /// k: the values of the domain, and "no event" if that is reported.
        public var itemCount: Int
        /// Whether the last item is "no event".
        public var reportsAbsence: Bool
        /// The declared bound in thousandths.
        public var epsilonThousandths: Int
        /// T: lie if a uniform 64-bit word is below it.
        public var lieThreshold: UInt64

        /// A configuration of these integers; ``RandomizedResponse/init(configuration:)`` validates them.
        public init(itemCount: Int, reportsAbsence: Bool, epsilonThousandths: Int, lieThreshold: UInt64) {
            (self.itemCount, self.reportsAbsence) = (itemCount, reportsAbsence)
            (self.epsilonThousandths, self.lieThreshold) = (epsilonThousandths, lieThreshold)
        }

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            guard declared.permanentEpsilon == nil else { throw .unknownParameter(name: "epsilon_permanent") }
            let (itemCount, epsilon) = (try declared.itemCount(in: 2...1 << 20), try declared.requiredEpsilon())
            self.init(
                itemCount: itemCount, reportsAbsence: declared.reportsAbsence,
                epsilonThousandths: epsilon.thousandths,
                lieThreshold: ResponseRule.smallestLieThreshold(categoryCount: itemCount, epsilon: epsilon))
        }

        public var domain: InputDomain { .items(itemCount - (reportsAbsence ? 1 : 0)) }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            itemCount = Int(try reader.integer(UInt32.self))
            reportsAbsence = try reader.integer(UInt8.self) != 0
            epsilonThousandths = Int(try reader.integer(UInt16.self))
            lieThreshold = try reader.integer(UInt64.self)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt32(itemCount))
            writer.append(UInt8(reportsAbsence ? 1 : 0))
            writer.append(UInt16(epsilonThousandths))
            writer.append(lieThreshold)
        }
    }

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let loss: PrivacyLoss

    /// The integers that are sampled.
    public let rule: ResponseRule<UInt64>

    public init(configuration: Configuration) throws(ParameterError) {
        epsilon = try Epsilon(thousandths: configuration.epsilonThousandths)
        rule = try ResponseRule(categoryCount: configuration.itemCount, lieThreshold: configuration.lieThreshold)
        loss = try rule.loss()
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
        self.configuration = configuration
    }

    public var shape: Int { configuration.itemCount }

    public var noiseWordCount: Int { 2 }

    public var reportIsItem: Bool { true }

    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Int {
        try configuration.item(of: input, among: configuration.itemCount)
    }

    @inlinable
    public func randomize<Source: NoiseSource & ~Copyable>(_ value: Int, using source: inout Source) -> CategoryReport {
        let (lieWord, otherWord) = (source.next(), source.next())
        return CategoryReport(
            category: Int(rule.respond(to: UInt64(value), lieWord: lieWord, otherWord: otherWord)))
    }

    public var allReports: [CategoryReport] { (0..<shape).map(CategoryReport.init) }

    public var likelihoodBitCount: Int { 128 }

    public func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        rule.likelihood(of: report.category, given: item)
    }
}
