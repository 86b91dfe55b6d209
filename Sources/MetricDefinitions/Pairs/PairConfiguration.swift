public import LocalPrivacy
public import Mechanisms
public import ReportFormat

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
    /// Two declarations, each with the least noise that it allows. A pair has no ε of its own: it is their sum.
    public init(declared: MechanismDeclaration) throws(ParameterError) {
        let halves = declared.components
        guard halves.count == 2,
            declared.domain == .pair(halves[0].declaration.domain, halves[1].declaration.domain)
        else { throw .domainNotTaken(takes: "pair") }
        guard declared.epsilon == nil else { throw .unknownParameter(name: "epsilon") }
        guard declared.permanentEpsilon == nil else { throw .unknownParameter(name: "epsilon_permanent") }
        guard halves.allSatisfy({ $0.declaration.reportsAbsence == declared.reportsAbsence }) else {
            throw .absenceInOneComponent
        }
        func component(_ position: Int) throws(ParameterError) -> PairComponent {
            do { return try PairComponent(halves[position], isMemoized: Self.isMemoized) } catch {
                throw .component(name: halfNames[position], error)
            }
        }
        self.init(first: try component(0), second: try component(1))
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

    /// Both mechanisms, each valid on its own and fit for the other.
    ///
    /// - Throws: ``ParameterError``.
    func randomizers() throws(ParameterError) -> (first: any LocalRandomizer, second: any LocalRandomizer) {
        func made(_ component: PairComponent, _ position: Int) throws(ParameterError) -> any LocalRandomizer {
            do { return try component.randomizer(isMemoized: Self.isMemoized) } catch {
                throw .component(name: halfNames[position], error)
            }
        }
        let halves = (first: try made(first, 0), second: try made(second, 1))
        guard first.reportsAbsence == second.reportsAbsence else { throw .absenceInOneComponent }
        let byteCount = halves.first.payloadByteCount + halves.second.payloadByteCount
        guard byteCount <= WireLimits.payloadByteCount else {
            throw .countOutOfRange(
                name: "bytes of a report", count: byteCount, allowed: 1...WireLimits.payloadByteCount)
        }
        return halves
    }

    /// Both parts of an input.
    ///
    /// - Throws: ``InputError``.
    func parts(of input: MechanismInput) throws(InputError) -> (first: MechanismInput, second: MechanismInput) {
        switch input {
        case .pair(.absent, _), .pair(_, .absent), .item, .text, .place: throw .outOfDomain
        case .pair(let first, let second): return (first, second)
        case .absent:
            guard reportsAbsence else { throw .absenceNotReported }
            return (.absent, .absent)
        }
    }
}

/// What the halves are called in registries and errors.
private let halfNames = ["first", "second"]
