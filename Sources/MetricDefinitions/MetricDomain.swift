public import Mechanisms

/// A value as a host program records it.
public enum MetricValue: Hashable, Sendable {
    /// For a metric of type boolean.
    case boolean(Bool)
    /// For a metric of type category: one of the declared names.
    case category(String)
    /// For a metric of type string: any text of up to 254 bytes of UTF-8.
    case text(String)
    /// For a metric of type number.
    case number(Double)
    /// For a metric of type pair: a value of each half, in their order.
    indirect case pair(MetricValue, MetricValue)

    /// The value as a shell writes it; a pair's two with `and` between, as they are shown.
    public var text: String {
        switch self {
        case .boolean(let truth): truth ? "true" : "false"
        case .category(let name): name
        case .text(let text): text
        case .number(let number): Int64(exactly: number).map { String($0) } ?? number.description
        case .pair(let first, let second): "\(first.text) and \(second.text)"
        }
    }
}

/// Why a recorded value does not belong to a metric. Never holds the value.
public enum MetricValueError: Error, Hashable, Sendable {
    /// The value has another type than the metric.
    case wrongType(expected: String)
    /// The text is neither `true` nor `false`.
    case notABoolean
    /// The category is not among the declared ones.
    case unknownCategory
    /// The text is longer than ``Mechanisms/InputDomain/textByteLimit`` bytes.
    case textTooLong
    /// The bytes are no text in UTF-8.
    case notUTF8
    /// The text is no number, or the number is not finite.
    case notANumber
    /// The text is not two values with one tab between them.
    case notAPair
}

/// A value as a mechanism takes it.
public struct DomainInput: Hashable, Sendable {
    /// What is randomized.
    public let input: MechanismInput
    /// Whether the value was outside the range and its nearer end stands for it.
    public let isClipped: Bool

    init(_ input: MechanismInput, isClipped: Bool = false) { (self.input, self.isClipped) = (input, isClipped) }
}

/// The bounds of a number: finite, and of finite width above zero.
public struct NumberRange: Hashable, Sendable {
    /// The least value; anything below counts as it.
    public let low: Double
    /// The greatest value; anything above counts as it.
    public let high: Double

    /// A range; `nil` unless both ends are finite, `low` is below `high`, and their difference is finite.
    public init?(low: Double, high: Double) {
        guard low.isFinite, high.isFinite, low < high, (high - low).isFinite else { return nil }
        // A zero has one spelling.
        (self.low, self.high) = (low + 0, high + 0)
    }

    /// The place of a finite number in units of 2⁻³² of the range, to the nearest; out-of-range numbers at its ends.
    public func place(of number: Double) -> UInt64 {
        let share = min(max((number - low) / (high - low), 0), 1)
        return UInt64((share * Double(InputDomain.rangeEnd)).rounded())
    }
}

/// One half of a pair: what it is called, and what its values are.
public struct MetricVariable: Hashable, Sendable {
    /// The name, of the form of a metric's.
    public let name: String
    /// What its values are: neither numbers nor pairs.
    public let domain: MetricDomain

    /// A half of this name.
    public init(name: String, domain: MetricDomain) { (self.name, self.domain) = (name, domain) }
}

/// What a metric's values are.
public enum MetricDomain: Hashable, Sendable {
    /// `false` is item 0, `true` item 1.
    case boolean
    /// Each name is the item of its position.
    case category([String])
    /// Texts that nobody has listed, compared byte by byte.
    case string
    /// Numbers of a range.
    case number(NumberRange)
    /// Two values of one event, reported together.
    indirect case pair(MetricVariable, MetricVariable)

    /// How "no event" is shown in the place of a value.
    public static let absenceLabel = "(none)"

    /// The longest category name, in bytes of UTF-8.
    public static let labelByteLimit = 254

    /// The name of the type in a registry.
    public var typeName: String {
        switch self {
        case .boolean: "boolean"
        case .category: "category"
        case .string: "string"
        case .number: "number"
        case .pair: "pair"
        }
    }

    /// The declared values in item order, as text; empty where none are declared.
    public var labels: [String] {
        switch self {
        case .boolean: ["false", "true"]
        case .category(let names): names
        case .string, .number, .pair: []
        }
    }

    /// What a mechanism sees of it.
    public var inputDomain: InputDomain {
        switch self {
        case .boolean, .category: .items(labels.count)
        case .string: .text
        case .number: .range
        case .pair(let first, let second): .pair(first.domain.inputDomain, second.domain.inputDomain)
        }
    }

    /// What a mechanism sees of a value.
    ///
    /// - Throws: ``MetricValueError``.
    public func input(for value: MetricValue) throws(MetricValueError) -> DomainInput {
        switch (self, value) {
        case (.boolean, .boolean(let truth)): return DomainInput(.item(truth ? 1 : 0))
        case (.category(let names), .category(let name)):
            guard let index = names.firstIndex(of: name) else { throw .unknownCategory }
            return DomainInput(.item(index))
        case (.string, .text(let text)):
            guard text.utf8.count <= InputDomain.textByteLimit else { throw .textTooLong }
            return DomainInput(.text(Array(text.utf8)))
        case (.number(let range), .number(let number)):
            guard number.isFinite else { throw .notANumber }
            return DomainInput(.place(range.place(of: number)), isClipped: number < range.low || number > range.high)
        case (.pair(let first, let second), .pair(let value, let other)):
            return DomainInput(
                .pair(try first.domain.input(for: value).input, try second.domain.input(for: other).input))
        default: throw .wrongType(expected: typeName)
        }
    }

    /// Reads a value as a shell writes it: `true` or `false`, a category's name, any text, or a decimal number, such as
    /// `-5`, `312.5` or `1e3`: perhaps a sign, digits, perhaps a point and digits, perhaps an exponent. A pair is two of
    /// them with a tab between.
    ///
    /// - Throws: ``MetricValueError``.
    public func value(parsing text: String) throws(MetricValueError) -> MetricValue {
        switch self {
        case .boolean:
            guard let truth = Bool(text) else { throw .notABoolean }
            return .boolean(truth)
        case .category(let names):
            guard names.contains(text) else { throw .unknownCategory }
            return .category(text)
        case .string:
            guard text.utf8.count <= InputDomain.textByteLimit else { throw .textTooLong }
            return .text(text)
        case .number:
            guard DecimalNumeral.isWellFormed(text.utf8), let number = Double(text), number.isFinite else {
                throw .notANumber
            }
            return .number(number)
        case .pair:
            let parts = text.utf8.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw .notAPair }
            return try value(parsing: String(Substring(parts[0])), String(Substring(parts[1])))
        }
    }

    /// Reads both values of a pair, each as a shell writes it.
    ///
    /// - Throws: ``MetricValueError``; ``MetricValueError/wrongType(expected:)`` where the metric is no pair.
    public func value(parsing first: String, _ second: String) throws(MetricValueError) -> MetricValue {
        guard case .pair(let variable, let other) = self else { throw .wrongType(expected: typeName) }
        return .pair(try variable.domain.value(parsing: first), try other.domain.value(parsing: second))
    }
}
