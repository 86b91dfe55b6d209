public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// A point of a finite projective space: with a larger probability one of the hyperplane that belongs to the value.
///
/// - Releases one of K = (qᵗ − 1)/(q − 1) points; K is at least the number of values, so a report is as short as the value.
/// - ε: bounds one report, between any two values (replace-one-value); reports add up.
/// - Estimator: with C the reports on the candidate's hyperplane, p* = 1 − T/N, and q* the same for another value's point,
///   f̂ = (C/n − q*) / (p* − q*); n·Var = [f·p*(1 − p*) + (1 − f)·q*(1 − q*)] / (p* − q*)², within a few thousandths of the
///   least that is possible where q is near e^ε + 1.
/// - Source: [FNNT22]. Derivation: <doc:ProjectiveGeometryResponse>.
public struct ProjectiveGeometryResponse: LocalRandomizer {
    public static let identifier = "projective_geometry_response"

    /// The integers of the geometry and of its noise.
    public struct Configuration: MechanismConfiguration {
        /// The values of the domain, and "no event" if that is reported; at most K.
        public var itemCount: Int
        /// Whether the last item is "no event".
        public var reportsAbsence: Bool
        /// The declared bound in thousandths.
        public var epsilonThousandths: Int
        /// q, a prime power.
        public var fieldOrder: Int
        /// t.
        public var dimension: Int
        /// T: a point off the hyperplane if a uniform 64-bit word is below it.
        public var lieThreshold: UInt64

        /// The items that can be told apart.
        public static let allowedItemCounts = 2...1 << 20

        public static let parameters = [
            MechanismParameter("field_order", .count(FiniteField.allowedOrders), isOptional: true),
            MechanismParameter("dimension", .count(ProjectiveGeometry.allowedDimensions), isOptional: true),
        ]

        /// A configuration of these integers; ``ProjectiveGeometryResponse/init(configuration:)`` validates them.
        public init(
            itemCount: Int, reportsAbsence: Bool, epsilonThousandths: Int, fieldOrder: Int, dimension: Int,
            lieThreshold: UInt64
        ) {
            (self.itemCount, self.reportsAbsence) = (itemCount, reportsAbsence)
            (self.epsilonThousandths, self.lieThreshold) = (epsilonThousandths, lieThreshold)
            (self.fieldOrder, self.dimension) = (fieldOrder, dimension)
        }

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            guard declared.permanentEpsilon == nil else { throw .unknownParameter(name: "epsilon_permanent") }
            let itemCount = try declared.itemCount(in: Self.allowedItemCounts)
            let epsilon = try declared.requiredEpsilon()
            let choice = GeometryChoice(itemCount: itemCount, epsilon: epsilon)
            let (order, dimension) = try choice.best(
                order: try declared.optionalCount("field_order", in: FiniteField.allowedOrders),
                dimension: try declared.optionalCount("dimension", in: ProjectiveGeometry.allowedDimensions))
            let geometry = try choice.geometry(order: order, dimension: dimension)
            self.init(
                itemCount: itemCount, reportsAbsence: declared.reportsAbsence,
                epsilonThousandths: epsilon.thousandths, fieldOrder: order, dimension: dimension,
                lieThreshold: HyperplaneRule.smallestLieThreshold(
                    truthfulCount: geometry.hyperplanePointCount, otherCount: geometry.otherPointCount,
                    epsilon: epsilon))
        }

        public var domain: InputDomain { .items(itemCount - (reportsAbsence ? 1 : 0)) }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            itemCount = Int(try reader.integer(UInt32.self))
            reportsAbsence = try reader.integer(UInt8.self) != 0
            epsilonThousandths = Int(try reader.integer(UInt16.self))
            fieldOrder = Int(try reader.integer(UInt32.self))
            dimension = Int(try reader.integer(UInt8.self))
            lieThreshold = try reader.integer(UInt64.self)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt32(itemCount))
            writer.append(UInt8(reportsAbsence ? 1 : 0))
            writer.append(UInt16(epsilonThousandths))
            writer.append(UInt32(fieldOrder))
            writer.append(UInt8(dimension))
            writer.append(lieThreshold)
        }
    }

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let loss: PrivacyLoss

    /// The points and their hyperplanes.
    public let geometry: ProjectiveGeometry
    /// The integers that are sampled.
    public let rule: HyperplaneRule

    public init(configuration: Configuration) throws(ParameterError) {
        epsilon = try Epsilon(thousandths: configuration.epsilonThousandths)
        let (itemCount, allowed) = (configuration.itemCount, Configuration.allowedItemCounts)
        guard allowed.contains(itemCount) else {
            throw .categoryCountOutOfRange(count: itemCount, allowed: allowed)
        }
        geometry = try GeometryChoice(itemCount: itemCount, epsilon: epsilon)
            .geometry(order: configuration.fieldOrder, dimension: configuration.dimension)
        rule = try HyperplaneRule(
            truthfulCount: geometry.hyperplanePointCount, otherCount: geometry.otherPointCount,
            lieThreshold: configuration.lieThreshold)
        loss = try rule.loss()
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
        self.configuration = configuration
    }

    /// K categories: the points.
    public var shape: Int { geometry.pointCount }

    public var noiseWordCount: Int { 2 }

    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Int {
        try configuration.item(of: input, among: configuration.itemCount)
    }

    /// One solution of one equation, of the hyperplane or of the rest, whatever the words.
    public func randomize<Source: NoiseSource & ~Copyable>(_ value: Int, using source: inout Source) -> CategoryReport {
        let (lieWord, memberWord) = (source.next(), source.next())
        let (isLie, member) = rule.choose(lieWord: lieWord, memberWord: memberWord)
        return CategoryReport(category: Int(geometry.point(member, besides: UInt64(value), isOther: isLie)))
    }
}

extension ProjectiveGeometryResponse: ExactlyAuditable {
    public var allReports: [CategoryReport] { (0..<shape).map(CategoryReport.init) }

    public var likelihoodBitCount: Int { 128 }

    /// That of the member of the hyperplane or of the rest that the point is.
    public func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        let v = geometry.coordinates(UInt64(item) + 1, count: geometry.dimension)
        let u = geometry.coordinates(UInt64(report.category) + 1, count: geometry.dimension)
        let product = geometry.innerProduct(u, v)
        return rule.likelihood(ofMember: geometry.member(of: u, besides: v, product: product), isLie: product != 0)
    }
}
