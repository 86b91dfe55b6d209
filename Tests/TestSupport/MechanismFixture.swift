public import LocalPrivacy
public import Mechanisms

/// What `Tests/Fixtures/mechanisms/<TypeName>.json` holds: declarations for the laws to run over, with vectors, and
/// declarations that must be refused.
public struct MechanismFixture: Decodable, Sendable {
    /// A declaration in a registry's words, ε in thousandths.
    public struct Declaration: Decodable, Sendable, CustomStringConvertible {
        /// How many values are declared, where they are.
        public var values: Int
        public var reportsAbsence: Bool
        public var epsilon: Int?
        public var permanentEpsilon: Int?
        /// `text` or `range`; nothing for declared values.
        public var domain: String?
        /// The mechanism's own parameters, as decimals.
        public var parameters: [String: String]?
        /// What the mechanism chooses where it is not declared.
        public var chosen: [String: Int]?
        /// The halves of a pair.
        public var components: [Component]?
        /// The thresholds that follow, in hexadecimal; the permanent one first.
        public var thresholds: [String]?
        /// The realised losses in billionths of a nat: of one report, of a value, of the fresh noise.
        public var losses: [Int]?
        /// How many billionths of a nat of ε sampling with coarse thresholds leaves.
        public var unspent: Int?
        /// Item or permanent response, two words, and the report that they make.
        public var vectors: [String]?
        /// Metric, item, and the permanent response under the script's secret.
        public var permanentVectors: [String]?
        /// The name of the ``ParameterError`` that refuses it.
        public var error: String?

        public var description: String {
            components.map { "\($0.map(\.description).joined(separator: " beside "))" }
                ?? "\(domain ?? "\(values) values")\(reportsAbsence ? " and absence" : "")"
                + (epsilon.map { ", ε \($0)" } ?? "") + (permanentEpsilon.map { ", ε∞ \($0)" } ?? "")
                + (parameters ?? [:]).sorted { $0.key < $1.key }.map { ", \($0.key) \($0.value)" }.joined()
        }

        /// The declaration as a registry compiler makes it.
        ///
        /// - Throws: ``ParameterError/epsilonOutOfRange(thousandths:)``.
        public func declaration() throws(ParameterError) -> MechanismDeclaration {
            let domains = ["text": InputDomain.text, "range": .range]
            var declaration = MechanismDeclaration(
                domain: domain.flatMap { domains[$0] } ?? .items(values), reportsAbsence: reportsAbsence,
                parameters: (parameters ?? [:]).mapValues(DeclaredNumber.init(fixture:)))
            if let components {
                declaration.components = try components.map { (component) throws(ParameterError) in
                    DeclaredComponent(
                        mechanism: component.mechanism, declaration: try component.declaration.declaration())
                }
                let domains = declaration.components.map(\.declaration.domain)
                declaration.domain = .pair(domains[0], domains[1])
            }
            if let epsilon { declaration.epsilon = try Epsilon(thousandths: epsilon) }
            if let permanentEpsilon { declaration.permanentEpsilon = try Epsilon(thousandths: permanentEpsilon) }
            return declaration
        }

        /// What ``MechanismLaw/declaredEpsilonIsSpent`` may find left, in billionths of a nat: as much as the script
        /// says, or less than a thousandth where ε is the loss rounded up.
        public var allowedUnspent: Int { unspent ?? (epsilon == nil ? 999_999 : 0) }

        /// The mechanism of this type with the least noise that the declaration allows.
        ///
        /// - Throws: ``ParameterError``.
        public func mechanism<M: LocalRandomizer>(_: M.Type) throws(ParameterError) -> M {
            try M(configuration: try M.Configuration(declared: try declaration()))
        }
    }

    /// One half of a pair.
    public struct Component: Decodable, Sendable, CustomStringConvertible {
        /// The name of its mechanism.
        public var mechanism: String
        /// What is declared for it.
        public var declaration: Declaration

        public var description: String { "\(mechanism) of \(declaration)" }
    }

    public var configurations: [Declaration]
    public var refused: [Declaration]

    /// The fixture of a mechanism, named for its type.
    public static func of(_ type: any LocalRandomizer.Type) throws -> MechanismFixture {
        try Fixtures.json("mechanisms/\(type).json")
    }
}

extension DeclaredNumber {
    /// The number that a fixture writes as a decimal of up to nine places.
    init(fixture decimal: String) {
        let parts = decimal.split(separator: ".", omittingEmptySubsequences: false)
        let places = parts.count > 1 ? String(parts[1]) : ""
        guard let whole = Int64(parts[0]), places.count <= 9,
            let fraction = Int64(places + String(repeating: "0", count: 9 - places.count))
        else { preconditionFailure("\(decimal) is no decimal of up to nine places") }
        self.init(billionths: whole * 1_000_000_000 + fraction)
    }
}

extension ParameterError {
    /// The case's name, without its facts.
    public var name: String {
        String(describing: self).split(separator: "(").first.map(String.init) ?? ""
    }
}
