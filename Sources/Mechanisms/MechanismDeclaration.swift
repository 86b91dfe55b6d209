public import LocalPrivacy
public import ReportFormat

/// A decimal of up to nine places, as a registry declares it: exact, so that every machine rounds it alike.
public struct DeclaredNumber: Hashable, Sendable {
    /// The number in billionths.
    public let billionths: Int64

    /// A number of so many billionths.
    public init(billionths: Int64) { self.billionths = billionths }

    /// A whole number.
    public init(_ count: Int32) { billionths = Int64(count) * 1_000_000_000 }

    /// The number, if it is whole.
    public var count: Int? { billionths.isMultiple(of: 1_000_000_000) ? Int(billionths / 1_000_000_000) : nil }
}

/// A key that a registry may set for a mechanism beyond ε.
public struct MechanismParameter: Hashable, Sendable {
    /// What the key holds.
    public enum Kind: Hashable, Sendable {
        /// A whole number within bounds.
        case count(ClosedRange<Int>)
        /// A decimal between 0 and 1.
        case probability
    }

    /// The key.
    public let name: String
    /// What it holds.
    public let kind: Kind
    /// Whether the mechanism chooses best where the key is missing.
    public let isOptional: Bool

    /// A key of this kind.
    public init(_ name: String, _ kind: Kind, isOptional: Bool = false) {
        (self.name, self.kind, self.isOptional) = (name, kind, isOptional)
    }
}

/// What a registry declares about a metric that its mechanism turns into integers.
public struct MechanismDeclaration: Hashable, Sendable {
    /// The bound on one report; a mechanism may do without where other parameters fix it.
    public var epsilon: Epsilon?
    /// The bound on all reports about one value; memoized metrics only.
    public var permanentEpsilon: Epsilon?
    /// What the values are.
    public var domain: InputDomain
    /// Whether "no event" is reported as an answer of its own.
    public var reportsAbsence: Bool
    /// What ``MechanismConfiguration/parameters`` names, as far as it is declared.
    public var parameters: [String: DeclaredNumber]
    /// The two halves of a pair; empty for every other mechanism.
    public var components: [DeclaredComponent] = []

    /// A declaration of these facts.
    public init(
        epsilon: Epsilon? = nil, permanentEpsilon: Epsilon? = nil, domain: InputDomain, reportsAbsence: Bool,
        parameters: [String: DeclaredNumber] = [:]
    ) {
        (self.epsilon, self.permanentEpsilon) = (epsilon, permanentEpsilon)
        (self.domain, self.reportsAbsence, self.parameters) = (domain, reportsAbsence, parameters)
    }

    /// A declaration about a domain of so many values.
    public init(epsilon: Epsilon, permanentEpsilon: Epsilon? = nil, valueCount: Int, reportsAbsence: Bool) {
        self.init(
            epsilon: epsilon, permanentEpsilon: permanentEpsilon, domain: .items(valueCount),
            reportsAbsence: reportsAbsence)
    }

    /// The declared ε of one report.
    ///
    /// - Throws: ``ParameterError/missingParameter(name:)``.
    func requiredEpsilon() throws(ParameterError) -> Epsilon {
        guard let epsilon else { throw .missingParameter(name: "epsilon") }
        return epsilon
    }

    /// The declared values, and "no event" where it is one.
    ///
    /// - Throws: ``ParameterError/domainNotTaken(takes:)``, ``ParameterError/categoryCountOutOfRange(count:allowed:)``.
    func itemCount(in allowed: ClosedRange<Int>) throws(ParameterError) -> Int {
        guard case .items(let valueCount) = domain else { throw .domainNotTaken(takes: "boolean or category") }
        let itemCount = reportsAbsence && valueCount < .max ? valueCount + 1 : valueCount
        guard allowed.contains(itemCount) else {
            throw .categoryCountOutOfRange(count: itemCount, allowed: allowed)
        }
        return itemCount
    }

    /// A declared count.
    ///
    /// - Throws: ``ParameterError/missingParameter(name:)``, ``ParameterError/countOutOfRange(name:count:allowed:)``.
    func count(_ name: String, in allowed: ClosedRange<Int>) throws(ParameterError) -> Int {
        guard let number = parameters[name] else { throw .missingParameter(name: name) }
        guard let count = number.count, allowed.contains(count) else {
            throw .countOutOfRange(
                name: name, count: number.count ?? Int(number.billionths / 1_000_000_000), allowed: allowed)
        }
        return count
    }

    /// A declared count; `nil` where the choice is left to the mechanism.
    ///
    /// - Throws: ``ParameterError/countOutOfRange(name:count:allowed:)``.
    func optionalCount(_ name: String, in allowed: ClosedRange<Int>) throws(ParameterError) -> Int? {
        parameters[name] == nil ? nil : try count(name, in: allowed)
    }

    /// A declared count that is a power of two.
    ///
    /// - Throws: as ``count(_:in:)``, and ``ParameterError/notAPowerOfTwo(name:count:)``.
    func powerOfTwo(_ name: String, in allowed: ClosedRange<Int>) throws(ParameterError) -> Int {
        let count = try count(name, in: allowed)
        guard count.nonzeroBitCount == 1 else { throw .notAPowerOfTwo(name: name, count: count) }
        return count
    }
}

/// One half of a pair as a registry declares it.
public struct DeclaredComponent: Hashable, Sendable {
    /// The name of its mechanism.
    public var mechanism: String
    /// What is declared for the mechanism.
    public var declaration: MechanismDeclaration

    /// A mechanism of this name, for this declaration.
    public init(mechanism: String, declaration: MechanismDeclaration) {
        (self.mechanism, self.declaration) = (mechanism, declaration)
    }
}

/// The public parameters of a mechanism as integers, the same in registry, agent and decoder.
public protocol MechanismConfiguration: Hashable, Sendable {
    /// The keys that a registry may set beyond ε; none by default.
    static var parameters: [MechanismParameter] { get }

    /// The least noise that the declaration allows.
    ///
    /// - Throws: ``ParameterError`` when the mechanism cannot be had for the declared domain.
    init(declared: MechanismDeclaration) throws(ParameterError)

    /// Reads the integers that ``write(to:)`` wrote; the mechanism's initializer validates them.
    ///
    /// - Throws: ``ByteFormatError``.
    init(reading reader: inout ByteReader) throws(ByteFormatError)

    /// Writes every parameter, each as an integer of fixed width.
    func write(to writer: inout ByteWriter)

    /// What the values are.
    var domain: InputDomain { get }

    /// Whether "no event" is an answer of its own, the last item of a declared domain.
    var reportsAbsence: Bool { get }
}

extension MechanismConfiguration {
    public static var parameters: [MechanismParameter] { [] }
}
