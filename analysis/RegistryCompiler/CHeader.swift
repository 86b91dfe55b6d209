internal import MetricDefinitions

/// A header over `dither.h`, for C99 and C++, with a function for each metric and an enumeration for each category.
struct CHeader {
    private let set: MetricSet
    private let bytes: [UInt8]
    private let prefix: String

    /// The header for a set and what it encodes to.
    init(_ set: MetricSet, bytes: [UInt8], prefix: String) {
        (self.set, self.bytes, self.prefix) = (set, bytes, prefix)
    }

    var text: String {
        let names = IdentifierWords.unique(
            set.metrics.map { (Self.identifier(of: $0.name), String($0.identifier.value)) })
        let constants = constants(named: names)
        let blocks = zip(zip(set.metrics, names), constants).map { metric, constants in
            block(for: metric.0, named: metric.1, constants: constants)
        }
        // Constants do not end with an underscore.
        let guardName = prefix.uppercased() + "_METRICS_H_"
        return """
            /* Made by `dither registry generate c`. Change the registry, not this file. */
            #ifndef \(guardName)
            #define \(guardName)

            #include <stddef.h>
            \(set.metrics.contains { $0.domain.halves != nil } ? "#include <string.h>\n" : "")
            #include <dither.h>

            /* The metrics as an agent takes them: the options `metrics` and `metrics_size`. */
            static const unsigned char \(prefix)_metrics[\(bytes.count)] = {
            \(compiled)
            };

            \(blocks.joined(separator: "\n"))
            #endif

            """
    }

    private var compiled: String {
        stride(from: 0, to: bytes.count, by: 24)
            .map { bytes[$0..<min($0 + 24, bytes.count)].map(String.init).joined(separator: ",") }
            .joined(separator: ",\n")
    }

    /// The constants of each metric's categories: no two of a header are the same.
    private func constants(named names: [String]) -> [[String]] {
        var bases: [(base: String, suffix: String)] = []
        for (metric, name) in zip(set.metrics, names) {
            for list in metric.domain.constantLists {
                for (index, label) in list.labels.enumerated() {
                    let words = IdentifierWords.capitals(label)
                    let start = ([prefix, name] + (list.half.map { [Self.identifier(of: $0)] } ?? [])).joined(
                        separator: "_")
                    let base = start.uppercased() + "_" + (words.isEmpty ? "VALUE\(index)" : words)
                    bases.append((base, "\(metric.identifier)_\(list.suffix)\(index)"))
                }
            }
        }
        var rest = IdentifierWords.unique(bases)[...]
        return set.metrics.map { metric in
            let count = metric.domain.constantLists.reduce(0) { $0 + $1.labels.count }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
    }

    private func block(for metric: MetricDefinition, named name: String, constants: [String]) -> String {
        let (function, metricName) = ("\(prefix)_record_\(name)", Self.literal(metric.name))
        let comment = "/* \(Self.comment(metric.summary)) */\n"
        func oneLine(_ parameters: String, _ kind: String, _ arguments: String) -> String {
            """
            \(comment)static inline int \(function)(dither_agent agent, \(parameters))
            {
                return dither_record_\(kind)(agent, \(metricName), \(arguments));
            }

            """
        }
        switch metric.domain {
        case .boolean: return oneLine("int value", "boolean", "value")
        case .string: return oneLine("const char *text, size_t length", "string", "text, length")
        case .number: return oneLine("double number", "number", "number")
        case .category(let labels):
            // No function is called so, whatever the metrics' names are.
            let type = "\(prefix)_category_\(name)"
            let cases = constants.enumerated().map { "    \($0.element) = \($0.offset)" }
            let labels = labels.map { "        " + Self.literal($0) }
            return """
                typedef enum \(type) {
                \(cases.joined(separator: ",\n"))
                } \(type);

                \(comment)static inline int \(function)(dither_agent agent, \(type) value)
                {
                    static const char *const names[] = {
                \(labels.joined(separator: ",\n"))
                    };
                    /* What is no value of the enumeration is refused like any other unknown category. */
                    return dither_record_category(
                        agent, \(metricName), (size_t)value < \(labels.count) ? names[(size_t)value] : "");
                }

                """
        case .pair(let first, let second):
            return pairBlock(for: metric, named: name, constants: constants, halves: [first, second])
        }
    }

    /// Types of the categories, and a function that hands on both values as texts.
    private func pairBlock(
        for metric: MetricDefinition, named name: String, constants: [String], halves: [MetricVariable]
    ) -> String {
        var (types, parameters, tables, arguments) = ("", [String](), "", [String]())
        var rest = constants[...]
        for (variable, half) in zip(halves, ["first", "second"]) {
            switch variable.domain {
            case .boolean:
                parameters.append("int \(half)")
                arguments.append("\(half) ? \"true\" : \"false\", \(half) ? 4 : 5")
            case .category(let labels):
                let type = "\(prefix)_\(half)_category_\(name)"
                let cases = rest.prefix(labels.count).enumerated().map { "    \($0.element) = \($0.offset)" }
                rest = rest.dropFirst(labels.count)
                types += "typedef enum \(type) {\n\(cases.joined(separator: ",\n"))\n} \(type);\n\n"
                let names = labels.map { "        " + Self.literal($0) }.joined(separator: ",\n")
                tables += "    static const char *const \(half)_names[] = {\n\(names)\n    };\n"
                // What is no value of the enumeration is refused like any other unknown category.
                tables +=
                    "    const char *\(half)_name = (size_t)\(half) < \(labels.count) ? "
                    + "\(half)_names[(size_t)\(half)] : \"\";\n"
                parameters.append("\(type) \(half)")
                arguments.append("\(half)_name, strlen(\(half)_name)")
            case .string, .number, .pair:
                parameters.append("const char *\(half), size_t \(half)_length")
                arguments.append("\(half), \(half)_length")
            }
        }
        let names = halves.map { $0.name }.joined(separator: ", then ")
        return """
            \(types)/* \(Self.comment(metric.summary)) First \(names). */
            static inline int \(prefix)_record_\(name)(dither_agent agent, \(parameters.joined(separator: ", ")))
            {
            \(tables)    return dither_record_pair(
                    agent, \(Self.literal(metric.name)), \(arguments.joined(separator: ", ")));
            }

            """
    }

    /// A metric's name has lower-case letters, digits, `_` and `.`, of which C lacks the last.
    private static func identifier(of name: String) -> String {
        String(name.map { $0 == "." ? "_" : $0 })
    }

    /// A text that neither ends a comment nor begins another, and has no trigraph.
    private static func comment(_ text: String) -> String {
        var comment = ""
        for character in printable(text).unicodeScalars {
            if let last = comment.unicodeScalars.last, ["*/", "/*", "??"].contains("\(last)\(character)") {
                comment += " "
            }
            comment.unicodeScalars.append(character)
        }
        return comment
    }

    /// A string literal of the text's bytes. Octal escapes have three digits, so that no digit after them joins in.
    private static func literal(_ text: String) -> String {
        var literal = "\""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "?"):
                literal += "\\" + String(UnicodeScalar(byte))
            case 32..<127: literal += String(UnicodeScalar(byte))
            default: literal += "\\" + String(byte >> 6) + String(byte >> 3 & 7) + String(byte & 7)
            }
        }
        return literal + "\""
    }
}

extension MetricDomain {
    /// Both halves of a pair.
    fileprivate var halves: [MetricVariable]? {
        guard case .pair(let first, let second) = self else { return nil }
        return [first, second]
    }

    /// The lists of names that constants are made of: that of a category, or of each half that is one, with what tells its
    /// constants from others of the metric.
    fileprivate var constantLists: [(half: String?, suffix: String, labels: [String])] {
        switch self {
        case .category(let labels): [(nil, "", labels)]
        case .pair(let first, let second):
            zip([first, second], ["first_", "second_"]).flatMap { variable, suffix in
                variable.domain.constantLists.map { (variable.name, suffix, $0.labels) }
            }
        case .boolean, .string, .number: []
        }
    }
}
