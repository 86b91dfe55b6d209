public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// k-ary randomized response of a memoized k-ary randomized response, for attributes that rarely change.
///
/// - Releases one category of k: a fresh response (IRR) to the device's permanent response (PRR) to its value.
/// - ε: four claims and no other. ``loss`` bounds one report; ``permanentLoss`` bounds any number of reports about one
///   value; d times that bounds two histories of d distinct values each that repeat values at the same reports, so that
///   one is the other with its values renamed; and ``instantaneousLoss`` times s bounds any two histories that differ
///   at s reports. The claims that rest on the permanent response hold against bounded adversaries: its noise is a
///   pseudorandom function of a secret.
/// - Estimator: as <doc:RandomizedResponse>, with p* and q* of both stages together.
/// - Source: [EPK14] §3, [ACAX22] (L-GRR). Derivation: <doc:MemoizedRandomizedResponse>.
public struct MemoizedRandomizedResponse: LongitudinalRandomizer, ExactlyAuditableLongitudinal {
    public static let identifier = RandomizedResponse.identifier

    /// The integers of both stages.
    public struct Configuration: MechanismConfiguration {
        /// k: the values of the domain and "no event", the item reported before the first event.
        public var itemCount: Int
        /// Whether the last item is "no event".
        public var reportsAbsence: Bool
        /// The declared bound on one report, in thousandths.
        public var epsilonThousandths: Int
        /// The declared bound on all reports about one value, in thousandths.
        public var permanentEpsilonThousandths: Int
        /// T of the permanent response.
        public var permanentLieThreshold: UInt64
        /// T of the fresh response.
        public var instantaneousLieThreshold: UInt64

        /// A configuration of these integers; ``MemoizedRandomizedResponse/init(configuration:)`` validates them.
        public init(
            itemCount: Int, reportsAbsence: Bool, epsilonThousandths: Int, permanentEpsilonThousandths: Int,
            permanentLieThreshold: UInt64, instantaneousLieThreshold: UInt64
        ) {
            (self.itemCount, self.reportsAbsence) = (itemCount, reportsAbsence)
            self.epsilonThousandths = epsilonThousandths
            self.permanentEpsilonThousandths = permanentEpsilonThousandths
            self.permanentLieThreshold = permanentLieThreshold
            self.instantaneousLieThreshold = instantaneousLieThreshold
        }

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            guard let permanentEpsilon = declared.permanentEpsilon else {
                throw .missingParameter(name: "epsilon_permanent")
            }
            let epsilon = try declared.requiredEpsilon()
            guard epsilon < permanentEpsilon else {
                throw .epsilonNotBelowPermanent(epsilon: epsilon, permanent: permanentEpsilon)
            }
            let itemCount = try declared.itemCount(in: 2...1 << 20)
            let permanent = try ResponseRule<UInt64>(
                categoryCount: itemCount,
                lieThreshold: ResponseRule.smallestLieThreshold(categoryCount: itemCount, epsilon: permanentEpsilon))
            self.init(
                itemCount: itemCount, reportsAbsence: declared.reportsAbsence,
                epsilonThousandths: epsilon.thousandths,
                permanentEpsilonThousandths: permanentEpsilon.thousandths,
                permanentLieThreshold: permanent.lieThreshold,
                instantaneousLieThreshold: TwoStageResponse<UInt64>.smallestInstantaneousThreshold(
                    after: permanent, epsilon: epsilon))
        }

        public var domain: InputDomain { .items(itemCount - (reportsAbsence ? 1 : 0)) }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            itemCount = Int(try reader.integer(UInt32.self))
            reportsAbsence = try reader.integer(UInt8.self) != 0
            epsilonThousandths = Int(try reader.integer(UInt16.self))
            permanentEpsilonThousandths = Int(try reader.integer(UInt16.self))
            permanentLieThreshold = try reader.integer(UInt64.self)
            instantaneousLieThreshold = try reader.integer(UInt64.self)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt32(itemCount))
            writer.append(UInt8(reportsAbsence ? 1 : 0))
            writer.append(UInt16(epsilonThousandths))
            writer.append(UInt16(permanentEpsilonThousandths))
            writer.append(permanentLieThreshold)
            writer.append(instantaneousLieThreshold)
        }
    }

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let permanentEpsilon: Epsilon
    public let loss: PrivacyLoss
    public let permanentLoss: PrivacyLoss
    public let instantaneousLoss: PrivacyLoss

    /// The integers of both stages.
    public let stages: TwoStageResponse<UInt64>

    public init(configuration: Configuration) throws(ParameterError) {
        epsilon = try Epsilon(thousandths: configuration.epsilonThousandths)
        permanentEpsilon = try Epsilon(thousandths: configuration.permanentEpsilonThousandths)
        guard epsilon < permanentEpsilon else {
            throw .epsilonNotBelowPermanent(epsilon: epsilon, permanent: permanentEpsilon)
        }
        stages = TwoStageResponse(
            permanent: try ResponseRule(
                categoryCount: configuration.itemCount, lieThreshold: configuration.permanentLieThreshold),
            instantaneous: try ResponseRule(
                categoryCount: configuration.itemCount, lieThreshold: configuration.instantaneousLieThreshold))
        loss = try stages.loss()
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
        permanentLoss = try stages.permanent.loss()
        guard permanentLoss <= PrivacyLoss(permanentEpsilon) else {
            throw .lossAboveEpsilon(loss: permanentLoss, epsilon: permanentEpsilon)
        }
        instantaneousLoss = try stages.instantaneous.loss()
        self.configuration = configuration
    }

    public var shape: Int { configuration.itemCount }

    public var permanentShape: Int { configuration.itemCount }

    public var noiseWordCount: Int { 2 }

    public var reportIsItem: Bool { true }

    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> CategoryReport {
        let item = try configuration.item(of: input, among: configuration.itemCount)
        guard let noise = device.permanentNoise else { throw .permanentNoiseMissing }
        let words: NoiseWords
        do { words = try noise.words(for: Self.canonical(item), wordCount: 2) } catch { throw .noRandomness(error) }
        return CategoryReport(
            category: Int(stages.permanent.respond(to: UInt64(item), lieWord: words[0], otherWord: words[1])))
    }

    /// The item's index.
    public func canonicalBytes(of input: MechanismInput, on device: DeviceContext) throws(InputError) -> [UInt8] {
        Self.canonical(try configuration.item(of: input, among: configuration.itemCount)).bytes
    }

    private static func canonical(_ item: Int) -> CanonicalValue { CanonicalValue(number: UInt32(item)) }

    @inlinable
    public func randomize<Source: NoiseSource & ~Copyable>(
        _ permanent: CategoryReport, using source: inout Source
    ) -> CategoryReport {
        let (lieWord, otherWord) = (source.next(), source.next())
        return CategoryReport(
            category: Int(
                stages.instantaneous.respond(
                    to: UInt64(permanent.category), lieWord: lieWord, otherWord: otherWord)))
    }

    public var allReports: [CategoryReport] { (0..<shape).map(CategoryReport.init) }

    public var allPermanentResponses: [CategoryReport] { allReports }

    public var likelihoodBitCount: Int { 256 }

    public var stageLikelihoodBitCount: Int { 128 }

    public func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        allPermanentResponses.reduce(.zero) { sum, permanent in
            sum + permanentLikelihood(of: permanent, given: item)
                * instantaneousLikelihood(of: report, given: permanent)
        }
    }

    public func permanentLikelihood(of permanent: CategoryReport, given item: Int) -> WideUnsigned {
        stages.permanent.likelihood(of: permanent.category, given: item)
    }

    public func instantaneousLikelihood(
        of report: CategoryReport, given permanent: CategoryReport
    ) -> WideUnsigned {
        stages.instantaneous.likelihood(of: report.category, given: permanent.category)
    }
}
