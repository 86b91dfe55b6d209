internal import LocalPrivacy
public import Mechanisms
internal import ReportFormat

/// One half of a pair: a catalogued mechanism and its integers.
public struct PairComponent: Hashable, Sendable {
    /// The name of the mechanism.
    public let mechanism: String
    /// What its configuration writes; empty where there is no mechanism of the name.
    let integers: [UInt8]
    /// What its values are.
    let domain: InputDomain
    /// Whether "no event" is an answer of its own.
    let reportsAbsence: Bool

    /// A half without a configuration is none of a mechanism.
    private init(_ mechanism: String, _ configuration: (any MechanismConfiguration)?) {
        var writer = ByteWriter()
        configuration?.write(to: &writer)
        (self.mechanism, integers) = (mechanism, writer.bytes)
        (domain, reportsAbsence) = (configuration?.domain ?? .items(0), configuration?.reportsAbsence ?? false)
    }

    /// A mechanism as half of a pair.
    public init(_ randomizer: any LocalRandomizer) {
        self.init(Swift.type(of: randomizer).identifier, randomizer.erasedConfiguration)
    }

    /// The mechanism with the least noise that a declaration allows, in the form of its pair.
    ///
    /// - Throws: ``ParameterError``.
    init(_ declared: DeclaredComponent, isMemoized: Bool) throws(ParameterError) {
        let type = try Self.type(named: declared.mechanism, isMemoized: isMemoized)
        let made = try type.make(declared: declared.declaration)
        self.init(declared.mechanism, made.erasedConfiguration)
    }

    /// Reads what ``write(to:)`` wrote. After a name that no mechanism has nothing can be read; ``randomizer(isMemoized:)``
    /// refuses it.
    ///
    /// - Throws: ``ByteFormatError``.
    init(reading reader: inout ByteReader, isMemoized: Bool) throws(ByteFormatError) {
        let name = try reader.text()
        guard let type = try? Self.type(named: name, isMemoized: isMemoized) else {
            self.init(name, nil)
            return
        }
        self.init(name, try type.configuration(reading: &reader))
    }

    func write(to writer: inout ByteWriter) {
        writer.append(text: mechanism)
        writer.append(integers)
    }

    /// The mechanism.
    ///
    /// - Throws: ``ParameterError`` where there is none of these integers, or its values cannot be half of a pair.
    func randomizer(isMemoized: Bool) throws(ParameterError) -> any LocalRandomizer {
        let type = try Self.type(named: mechanism, isMemoized: isMemoized)
        switch domain {
        case .items, .text: break
        case .range, .pair: throw .domainNotTaken(takes: Self.takenTypes)
        }
        var reader = ByteReader(integers)
        do { return try type.make(reading: &reader) } catch {
            guard case .parameter(let error) = error else {
                preconditionFailure("a configuration reads back from what it wrote")
            }
            throw error
        }
    }

    /// The types of the values that can be half of a pair.
    static let takenTypes = "boolean, category or string"

    /// The mechanism of a name, which is no pair, so that nothing is nested.
    private static func type(
        named name: String, isMemoized: Bool
    ) throws(ParameterError) -> any LocalRandomizer.Type {
        guard name != PairedResponse.identifier,
            let type = MechanismCatalog.standard.randomizer(name, memoized: isMemoized)
        else { throw .unknownComponent(mechanism: name, memoized: isMemoized) }
        return type
    }
}

extension LocalRandomizer {
    fileprivate static func configuration(
        reading reader: inout ByteReader
    ) throws(ByteFormatError) -> any MechanismConfiguration {
        try Configuration(reading: &reader)
    }
}
