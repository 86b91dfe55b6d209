/// A declared bound on the privacy loss of one report, in thousandths: for any two values and any report, the
/// likelihood ratio is at most e^(thousandths / 1000).
///
/// An integer, so that a registry, an agent and a decoder mean the same number to the last bit.
public struct Epsilon: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The thousandths of a nat that one mechanism may declare: 0.001 to 16.
    public static let allowedThousandths: ClosedRange<Int> = 1...16_000

    /// The bound in thousandths of a nat, within ``allowedThousandths``.
    public let thousandths: Int

    /// A bound of `thousandths / 1000` nats.
    ///
    /// - Throws: ``ParameterError/epsilonOutOfRange(thousandths:)``.
    public init(thousandths: Int) throws(ParameterError) {
        guard Self.allowedThousandths.contains(thousandths) else {
            throw .epsilonOutOfRange(thousandths: thousandths)
        }
        self.thousandths = thousandths
    }

    public static func < (left: Self, right: Self) -> Bool { left.thousandths < right.thousandths }

    /// The bound with three decimals, such as `1.000`.
    public var description: String { PrivacyBudget.decimal(thousandths: thousandths) }
}
