public import LocalPrivacy
public import Mechanisms

/// What `Tests/Fixtures/mechanisms/<TypeName>.json` holds: declarations for the laws to run over, with vectors, and
/// declarations that must be refused.
public struct MechanismFixture: Decodable, Sendable {
    /// A declaration in a registry's words, ε in thousandths.
    public struct Declaration: Decodable, Sendable, CustomStringConvertible {
        public var values: Int
        public var reportsAbsence: Bool
        public var epsilon: Int
        public var permanentEpsilon: Int?
        /// The thresholds that follow, in hexadecimal; the permanent one first.
        public var thresholds: [String]?
        /// Item or permanent response, two words, and the report that they make.
        public var vectors: [String]?
        /// Metric, item, and the permanent response under the script's secret.
        public var permanentVectors: [String]?
        /// The name of the ``ParameterError`` that refuses it.
        public var error: String?

        public var description: String {
            "\(values) values\(reportsAbsence ? " and absence" : "") at ε \(epsilon)"
                + (permanentEpsilon.map { ", ε∞ \($0)" } ?? "")
        }

        /// The declaration as a registry compiler makes it.
        ///
        /// - Throws: ``ParameterError/epsilonOutOfRange(thousandths:)``.
        public func declaration() throws(ParameterError) -> MechanismDeclaration {
            var permanent: Epsilon?
            if let permanentEpsilon { permanent = try Epsilon(thousandths: permanentEpsilon) }
            return MechanismDeclaration(
                epsilon: try Epsilon(thousandths: epsilon), permanentEpsilon: permanent, valueCount: values,
                reportsAbsence: reportsAbsence)
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
