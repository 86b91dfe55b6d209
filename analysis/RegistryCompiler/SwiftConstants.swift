internal import MetricDefinitions
internal import ReportFormat

/// An enumeration in Swift with a function for each metric, and one for each category's values.
struct SwiftConstants {
    /// What cannot be a name, or only in backticks.
    static let keywords: Set<String> = [
        "Any", "Protocol", "Self", "Type", "actor", "as", "associatedtype", "async", "await", "break", "case", "catch",
        "class", "continue", "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false",
        "fileprivate", "for", "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let", "nil",
        "open", "operator", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows", "return", "self",
        "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var",
        "where",
        "while", "_",
    ]

    /// Members that an enumeration has already, and names that mean something else where a value is expected.
    private static let taken: Set<String> = [
        "allCases", "hash", "hashValue", "init", "none", "rawValue", "self", "some",
    ]

    private let set: MetricSet
    private let bytes: [UInt8]
    private let namespace: String

    /// The code for a set and what it encodes to.
    init(_ set: MetricSet, bytes: [UInt8], namespace: String) {
        (self.set, self.bytes, self.namespace) = (set, bytes, namespace)
    }

    var text: String {
        let names = IdentifierWords.unique(
            set.metrics.map { (IdentifierWords.upperCamel($0.name), String($0.identifier.value)) })
        let blocks = zip(set.metrics, names).map { metric, name in block(for: metric, named: name) }
        return """
            // Made by `dither registry generate swift`. Change the registry, not this file.

            import MetricDefinitions
            import TelemetryAgent

            /// The metrics of project \(Self.literal(set.project)).
            enum \(namespace) {
                /// The metrics as an agent takes them.
                static func metricSet() throws(MetricSetError) -> MetricSet { try MetricSet(hexadecimal: compiled) }

            \(blocks.joined(separator: "\n\n"))

                private static let compiled = \"""
            \(compiled)
                    \"""
            }

            """
    }

    /// The bytes of the set in lines of hexadecimal digits, each but the last continued.
    private var compiled: String {
        stride(from: 0, to: bytes.count, by: 48)
            .map { "        " + hexadecimal(Array(bytes[$0..<min($0 + 48, bytes.count)])) }
            .joined(separator: "\\\n")
    }

    private func block(for metric: MetricDefinition, named name: String) -> String {
        let (type, value, values): (String, String, String)
        switch metric.domain {
        case .boolean: (type, value, values) = ("Bool", ".boolean(value)", "")
        case .string: (type, value, values) = ("String", ".text(value)", "")
        case .number: (type, value, values) = ("Double", ".number(value)", "")
        case .category(let labels):
            (type, value) = (name + "Value", ".category(value.rawValue)")
            values = Self.enumeration(of: labels, named: name, metric: metric.name) + "\n\n"
        case .pair(let first, let second): return block(forPair: metric, named: name, first, second)
        }
        return values + """
                /// \(Self.comment(metric.summary))
                static func record\(name)(
                    _ value: \(type), on agent: some EventRecorder
                ) throws(AgentError) {
                    try agent.record(\(value), for: \(Self.literal(metric.name)))
                }
            """
    }

    private func block(
        forPair metric: MetricDefinition, named name: String, _ first: MetricVariable, _ second: MetricVariable
    ) -> String {
        let names = IdentifierWords.unique(
            [(first, "First"), (second, "Second")].map { (IdentifierWords.upperCamel($0.name), $1) })
        let halves = [(first, "first", names[0]), (second, "second", names[1])].map {
            variable, parameter, words -> PairHalf in
            switch variable.domain {
            case .boolean: return PairHalf(type: "Bool", value: ".boolean(\(parameter))", values: "")
            case .category(let labels):
                // No metric's own values are called so: what is made of a metric's name has no underscore before a letter.
                let type = name + "_" + words
                let values = Self.enumeration(of: labels, named: type, metric: "\(metric.name)`, `\(variable.name)")
                return PairHalf(
                    type: type + "Value", value: ".category(\(parameter).rawValue)", values: values + "\n\n")
            case .string, .number, .pair: return PairHalf(type: "String", value: ".text(\(parameter))", values: "")
            }
        }
        return halves.map(\.values).joined() + """
                /// \(Self.comment(metric.summary))
                ///
                /// - Parameters:
                ///   - first: `\(first.name)`.
                ///   - second: `\(second.name)`.
                static func record\(name)(
                    _ first: \(halves[0].type), _ second: \(halves[1].type), on agent: some EventRecorder
                ) throws(AgentError) {
                    try agent.record(.pair(\(halves[0].value), \(halves[1].value)), for: \(Self.literal(metric.name)))
                }
            """
    }

    private struct PairHalf {
        let type: String, value: String, values: String
    }

    private static func enumeration(of labels: [String], named name: String, metric: String) -> String {
        let bases = labels.enumerated().map { index, label in
            let camel = IdentifierWords.lowerCamel(label)
            let base = camel.isEmpty ? "value\(index)" : taken.contains(camel) ? camel + "_" : camel
            return (base: base, suffix: String(index))
        }
        let cases = zip(IdentifierWords.unique(bases), labels).map { name, label in
            "        case \(keywords.contains(name) ? "`\(name)`" : name) = \(literal(label))"
        }
        return """
                /// The values of `\(metric)`.
                enum \(name)Value: String, CaseIterable, Sendable {
            \(cases.joined(separator: "\n"))
                }
            """
    }

    /// A text without line breaks is a comment whatever it holds.
    private static func comment(_ text: String) -> String { printable(text) }

    /// A string literal.
    static func literal(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": literal += "\\" + String(scalar)
            case _ where isUnprintable(scalar): literal += "\\u{\(String(scalar.value, radix: 16))}"
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }
}
