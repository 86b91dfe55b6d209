/// A sum of ε over reports or metrics, in thousandths of a nat: what a ceiling allows or a ledger has spent.
public struct PrivacyBudget: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// A million nats: far above any ceiling, and small enough that no sum of two overflows.
    public static let allowedThousandths: ClosedRange<Int> = 0...1_000_000_000

    /// Nothing spent.
    public static let zero = PrivacyBudget(unchecked: 0)

    /// The sum in thousandths of a nat, within ``allowedThousandths``.
    public let thousandths: Int

    /// A sum of `thousandths / 1000` nats.
    ///
    /// - Throws: ``ParameterError/budgetOutOfRange(thousandths:)``.
    public init(thousandths: Int) throws(ParameterError) {
        guard Self.allowedThousandths.contains(thousandths) else {
            throw .budgetOutOfRange(thousandths: thousandths)
        }
        self.thousandths = thousandths
    }

    /// The budget of `reports` reports of `epsilon` each: sequential composition, which needs no independence.
    ///
    /// - Throws: ``ParameterError/budgetOutOfRange(thousandths:)``.
    public init(_ epsilon: Epsilon, reports: Int) throws(ParameterError) {
        let (product, overflow) = epsilon.thousandths.multipliedReportingOverflow(by: reports)
        try self.init(thousandths: overflow ? .max : product)
    }

    private init(unchecked thousandths: Int) { self.thousandths = thousandths }

    /// Sequential composition.
    ///
    /// - Throws: ``ParameterError/budgetOutOfRange(thousandths:)``.
    public func adding(_ other: Self) throws(ParameterError) -> Self {
        try Self(thousandths: thousandths + other.thousandths)
    }

    /// How many whole reports of `epsilon` fit into this budget.
    public func reportCount(of epsilon: Epsilon) -> Int { thousandths / epsilon.thousandths }

    public static func < (left: Self, right: Self) -> Bool { left.thousandths < right.thousandths }

    /// The sum with three decimals, such as `120.000`.
    public var description: String { Self.decimal(thousandths: thousandths) }

    /// A number of thousandths as a decimal with three digits after the point.
    package static func decimal(thousandths: Int) -> String {
        let fraction = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
