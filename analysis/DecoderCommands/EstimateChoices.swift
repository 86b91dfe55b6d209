public import Estimation

/// How estimates are shown, beyond the columns that every estimate has.
public struct EstimateChoices: Hashable, Sendable {
    /// A column that is added to the frequencies.
    public enum Addition: String, CaseIterable, Hashable, Sendable {
        /// Empirical Bayes' posterior mean.
        case denoised
        /// The nearest frequencies that add up.
        case consistent
        /// The p-value that detection compares.
        case adjusted

        var column: String { self == .adjusted ? "p_adjusted" : rawValue }
    }

    /// How p-values of many values are held to one error rate.
    public enum Correction: String, CaseIterable, Hashable, Sendable {
        case bonferroni, holm, fdr

        /// The procedure, for values whose counts are independent or not.
        func procedure(ofIndependent isIndependent: Bool) -> DetectionCorrection {
            switch self {
            case .bonferroni: .bonferroni
            case .holm: .holm
            case .fdr: isIndependent ? .falseDiscoveryOfIndependent : .falseDiscovery
            }
        }
    }

    /// The columns to add, each once; they stand in the order of their declaration.
    public var additions: Set<Addition> = []
    /// What intervals are for.
    public var interval = IntervalKind.sample
    /// What decides on detection.
    public var correction = Correction.bonferroni
    /// Whether all intervals of a group cover at once.
    public var isSimultaneous = false
    /// Sums over values.
    public var sums: [NamedSum] = []
    /// How many devices are taken to be false; `nil` where intervals for that are not asked for.
    public var falseDevices: FalseDevices?

    /// Whether differences are made of the figures.
    var needsOrigins = false

    /// Whether the most frequent value, of a truth value `true`, is estimated for a population too.
    var splitsErrors = false

    /// Whether no figure is made of several values' estimates, so that a value may have none.
    var takesEachValueAlone: Bool { additions.isDisjoint(with: [.denoised, .consistent]) && !needsOrigins }

    /// The columns alone that every estimate has.
    public init() {}

    /// The added columns in their order.
    var columns: [String] { Addition.allCases.filter(additions.contains).map(\.column) }

    /// The last columns of every row.
    var falseDeviceColumns: [String] { falseDevices == nil ? [] : ["low_if_false", "high_if_false"] }
}

/// A sum over values, as it is asked for.
public struct NamedSum: Hashable, Sendable {
    /// A value by its text.
    public struct Member: Hashable, Sendable {
        /// The text; `(none)` is no event, unless it is quoted.
        public let text: String
        /// Whether it stood between quotation marks.
        public let isQuoted: Bool
    }

    /// What its row is called.
    public let name: String
    /// The values, at least one.
    public let members: [Member]

    /// Why a text is no sum.
    enum Fault: Error, Hashable { case noName, noValues, malformed }

    /// Reads `NAME=value,value,…`, where values are written as in a line of CSV.
    init(_ text: String) throws(Fault) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { throw .noName }
        name = String(text[..<equals])
        let values = text[text.index(after: equals)...]
        guard !values.isEmpty else { throw .noValues }
        guard let record = Self.record(of: values) else { throw .malformed }
        members = record.cells.map { Member(text: record.text(of: $0), isQuoted: $0.isQuoted) }
    }

    /// A line of CSV; `nil` for what is none.
    private static func record(of line: Substring) -> CSVRecord? {
        var record = CSVRecord(line: 1)
        do {
            for byte in line.utf8 where try record.take(byte) { return nil }
            return try record.end() ? record : nil
        } catch { return nil }
    }
}
