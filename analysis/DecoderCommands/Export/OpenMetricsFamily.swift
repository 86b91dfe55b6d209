internal import RegistryCompiler
internal import Reports

/// One metric family of an exposition by OpenMetrics 1.0: what it is, and its samples.
///
/// All are gauges, since readers of Prometheus' older text format, which this is too as far as there are no times, know no
/// other type that would fit.
struct OpenMetricsFamily {

    /// Without its unit.
    private let name: String
    private let unit: String?
    private let help: String
    private(set) var samples: [String] = []

    /// - Parameters:
    ///   - unit: what the name ends with, such as `ratio`.
    ///   - help: a sentence of ours, of one line.
    init(_ name: String, unit: String? = nil, help: String) {
        (self.name, self.unit, self.help) = (name, unit, help)
    }

    private var fullName: String { unit.map { "\(name)_\($0)" } ?? name }

    /// Adds a sample; nothing where there is no number.
    ///
    /// - Parameter second: the time it is of, in seconds since 1970, or `nil` for the time when it is read.
    mutating func add(_ value: Cell, _ labels: [(name: String, value: String)], at second: Int64?) {
        guard let number = value.openMetricsNumber else { return }
        let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        samples.append(
            fullName + (pairs.isEmpty ? "" : "{\(pairs)}") + " " + number
                + (second.map { " \($0)" } ?? "") + "\n")
    }

    /// The descriptor and the samples; nothing where there are none.
    var text: String {
        guard !samples.isEmpty else { return "" }
        let unitLine = unit.map { "# UNIT \(fullName) \($0)\n" } ?? ""
        return "# TYPE \(fullName) gauge\n" + unitLine + "# HELP \(fullName) \(Self.escaped(help))\n"
            + samples.joined()
    }

    /// A label's value. What ends it or a line is escaped as the format has it; what nobody could see, or what would turn a
    /// line around, is written by its number, such as ⟦U+202E⟧, and so is ⟦, lest two values become one.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            case "⟦": result += numbered(scalar)
            case _ where isInvisible(scalar): result += numbered(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension Cell {
    /// A number as OpenMetrics has it; nothing for what is none.
    fileprivate var openMetricsNumber: String? {
        switch self {
        case .integer(let value): String(value)
        case .number(let number): number.digits
        case .boolean(let truth): truth ? "1" : "0"
        case .text, .null: nil
        }
    }
}
