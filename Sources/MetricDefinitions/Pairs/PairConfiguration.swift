public import LocalPrivacy
public import Mechanisms
public import ReportFormat

/// One half of a pair as a registry declares it.
public struct DeclaredComponent: Sendable {
    /// The name of its mechanism.
    public var mechanism: String
    /// What is declared for the mechanism.
    public var declaration: MechanismDeclaration

    /// A mechanism of this name, for this declaration.
    public init(mechanism: String, declaration: MechanismDeclaration) {
        (self.mechanism, self.declaration) = (mechanism, declaration)
    }
}

/// The public parameters of a pair: those of its two mechanisms, both fresh or both memoized.
public protocol PairConfiguration: MechanismConfiguration {
    /// Whether both mechanisms are memoized.
    static var isMemoized: Bool { get }

    /// The mechanism of the first value.
    var first: PairComponent { get }
    /// The mechanism of the second value.
    var second: PairComponent { get }

    /// A pair of these.
    init(first: PairComponent, second: PairComponent)
}

extension PairConfiguration {
    /// No single declaration makes a pair: ``init(first:second:)`` takes two.
    ///
    /// - Throws: ``ParameterError/domainNotTaken(takes:)``, always.
    public init(declared: MechanismDeclaration) throws(ParameterError) { throw .domainNotTaken(takes: "pair") }

    /// Two declarations, each with the least noise that it allows. A pair has no ε of its own: it is their sum.
    ///
    /// - Throws: ``ParameterError/component(name:_:)``.
    public init(first: DeclaredComponent, second: DeclaredComponent) throws(ParameterError) {
        func component(_ declared: DeclaredComponent, _ name: String) throws(ParameterError) -> PairComponent {
            do { return try PairComponent(declared, isMemoized: Self.isMemoized) } catch {
                throw .component(name: name, error)
            }
        }
        self.init(first: try component(first, "first"), second: try component(second, "second"))
    }

    public init(reading reader: inout ByteReader) throws(ByteFormatError) {
        self.init(
            first: try PairComponent(reading: &reader, isMemoized: Self.isMemoized),
            second: try PairComponent(reading: &reader, isMemoized: Self.isMemoized))
    }

    public func write(to writer: inout ByteWriter) {
        first.write(to: &writer)
        second.write(to: &writer)
    }

    public var domain: InputDomain { .pair(first.domain, second.domain) }

    public var reportsAbsence: Bool { first.reportsAbsence && second.reportsAbsence }
}
