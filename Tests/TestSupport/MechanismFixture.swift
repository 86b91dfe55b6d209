public import LocalPrivacy
public import Mechanisms

/// What `Tests/Fixtures/mechanisms/<TypeName>.json` holds: declarations for the laws to run over, with vectors, and
/// declarations that must be refused.
public struct MechanismFixture: Decodable, Sendable {
    /// A declaration in a registry's words, ε in thousandths.
    public struct Declaration: Decodable, Sendable, CustomStringConvertible {
        /// How many items the domain has; 0 where it declares none.
        public var values: Int
        public var reportsAbsence: Bool
        public var epsilon: Int?
        public var permanentEpsilon: Int?
        /// `text` or `range`; nothing for so many items as ``values`` says.
        public var domain: String?
        /// What the mechanism names beyond ε, each a decimal.
        public var parameters: [String: String]?
        /// The thresholds that follow, in hexadecimal; the permanent one first.
        public var thresholds: [String]?
        /// Item or permanent response, two words, and the report that they make.
        public var vectors: [String]?
        /// Metric, item, and the permanent response under the script's secret.
        public var permanentVectors: [String]?
        /// The name of the ``ParameterError`` that refuses it.
        public var error: String?

        public var description: String {
            "\(domain ?? "\(values) values")\(reportsAbsence ? " and absence" : "")"
                + (epsilon.map { ", ε \($0)" } ?? "") + (permanentEpsilon.map { ", ε∞ \($0)" } ?? "")
                + (parameters ?? [:]).sorted { $0.key < $1.key }.map { ", \($0.key) \($0.value)" }.joined()
        }

        /// The declaration as a registry compiler makes it.
        ///
        /// - Throws: ``ParameterError/epsilonOutOfRange(thousandths:)``.
        public func declaration() throws(ParameterError) -> MechanismDeclaration {
            func bound(_ thousandths: Int?) throws(ParameterError) -> Epsilon? {
                guard let thousandths else { return nil }
                return try Epsilon(thousandths: thousandths)
            }
            let inputs: InputDomain =
                switch domain {
                case "text": .text
                case "range": .range
                default: .items(values)
                }
            return MechanismDeclaration(
                epsilon: try bound(epsilon), permanentEpsilon: try bound(permanentEpsilon), domain: inputs,
                reportsAbsence: reportsAbsence,
                parameters: (parameters ?? [:]).compactMapValues(DeclaredNumber.init(decimal:)))
        }

        /// The mechanism of this type with the least noise that the declaration allows.
        ///
        /// - Throws: ``ParameterError``.
        public func mechanism<M: LocalRandomizer>(_: M.Type) throws(ParameterError) -> M {
            try M(configuration: try M.Configuration(declared: try declaration()))
        }
    }

    public var configurations: [Declaration]
    public var refused: [Declaration]

    /// The fixture of a mechanism, named for its type.
    public static func of(_ type: any LocalRandomizer.Type) throws -> MechanismFixture {
        try Fixtures.json("mechanisms/\(type).json")
    }
}

extension ParameterError {
    /// The case's name, without its facts.
    public var name: String {
        String(describing: self).split(separator: "(").first.map(String.init) ?? ""
    }
}

extension DeclaredNumber {
    /// The number that a decimal with up to nine places spells; `nil` for anything else.
    public init?(decimal: String) {
        let parts = decimal.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Int64(parts[0]) else { return nil }
        let places = parts.count == 2 ? parts[1] : "0"
        guard (1...9).contains(places.count),
            let fraction = Int64(places + String(repeating: "0", count: 9 - places.count))
        else { return nil }
        self.init(billionths: whole * 1_000_000_000 + fraction)
    }
}
