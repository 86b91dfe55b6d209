/// Builds a page in the text format of Prometheus.
struct MetricsText {
    /// The kinds of families in use.
    enum Kind: String {
        case counter, gauge, histogram
    }

    /// Label names with their values, all of them ours or the registry's.
    typealias Labels = KeyValuePairs<String, String>

    private(set) var text = ""

    /// A family with one sample for each value of a label.
    mutating func family(
        _ name: String, _ kind: Kind, _ help: String, by label: String, _ samples: [(value: String, count: Double)]
    ) {
        head(name, kind, help)
        for (value, count) in samples { sample(name, [label: value], count) }
    }

    /// A family that is always 1, for what its labels say.
    mutating func info(_ name: String, _ help: String, _ labels: Labels) {
        head(name, .gauge, help)
        sample(name, labels, 1)
    }

    /// A family of one sample without labels.
    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        head(name, kind, help)
        sample(name, [:], value)
    }

    /// A family of one histogram.
    mutating func family(_ name: String, _ help: String, _ histogram: Histogram) {
        head(name, .histogram, help)
        var total = 0
        for (bound, count) in zip(histogram.bounds, histogram.counts) {
            total += count
            sample(name + "_bucket", ["le": Self.number(bound)], Double(total))
        }
        total += histogram.counts.last ?? 0
        sample(name + "_bucket", ["le": "+Inf"], Double(total))
        sample(name + "_sum", [:], histogram.sum)
        sample(name + "_count", [:], Double(total))
    }

    private mutating func head(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    private mutating func sample(_ name: String, _ labels: Labels, _ value: Double) {
        let pairs = labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        text += "\(name)\(pairs.isEmpty ? "" : "{\(pairs)}") \(Self.number(value))\n"
    }

    private static func number(_ value: Double) -> String {
        // Whole numbers without a point: that is how people read counts.
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
    }
}
