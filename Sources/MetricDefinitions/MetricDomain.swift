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

    /// The value as a shell writes it.
    public var text: String {
        switch self {
        case .boolean(let truth): truth ? "true" : "false"
        case .category(let name): name
        case .text(let text): text
        case .number(let number): Int64(exactly: number).map { String($0) } ?? number.description
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
        }
    }

    /// The declared values in item order, as text; empty where none are declared.
    public var labels: [String] {
        switch self {
        case .boolean: ["false", "true"]
        case .category(let names): names
        case .string, .number: []
        }
    }

    /// What a mechanism sees of it.
    public var inputDomain: InputDomain {
        switch self {
        case .boolean, .category: .items(labels.count)
        case .string: .text
        case .number: .range
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
        default: throw .wrongType(expected: typeName)
        }
    }

    /// Reads a value as a shell writes it: `true` or `false`, a category's name, any text, or a decimal number, such as
    /// `-5`, `312.5` or `1e3`: perhaps a sign, digits, perhaps a point and digits, perhaps an exponent.
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
        }
    }
}
