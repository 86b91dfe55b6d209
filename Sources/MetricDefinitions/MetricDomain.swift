/// A value as a host program records it.
public enum MetricValue: Hashable, Sendable {
    /// For a metric of type boolean.
    case boolean(Bool)
    /// For a metric of type category: one of the declared names.
    case category(String)
}

/// Why a recorded value does not belong to a metric. Never holds the value.
public enum MetricValueError: Error, Hashable, Sendable {
    /// The value has another type than the metric.
    case wrongType(expected: String)
    /// The text is neither `true` nor `false`.
    case notABoolean
    /// The category is not among the declared ones.
    case unknownCategory
}

/// What a metric's values are.
public enum MetricDomain: Hashable, Sendable {
    /// `false` is item 0, `true` item 1.
    case boolean
    /// Each name is the item of its position.
    case category([String])

    /// How "no event" is shown in the place of a value.
    public static let absenceLabel = "(none)"

    /// The longest category name, in bytes of UTF-8.
    public static let labelByteLimit = 254

    /// The name of the type in a registry.
    public var typeName: String {
        switch self {
        case .boolean: "boolean"
        case .category: "category"
        }
    }

    /// The values in item order, as text.
    public var labels: [String] {
        switch self {
        case .boolean: ["false", "true"]
        case .category(let names): names
        }
    }

    /// The item that a value is.
    ///
    /// - Throws: ``MetricValueError``.
    public func item(for value: MetricValue) throws(MetricValueError) -> Int {
        switch (self, value) {
        case (.boolean, .boolean(let truth)): return truth ? 1 : 0
        case (.category(let names), .category(let name)):
            guard let index = names.firstIndex(of: name) else { throw .unknownCategory }
            return index
        default: throw .wrongType(expected: typeName)
        }
    }

    /// Reads a value as a shell writes it: `true` or `false`, or a category's name.
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
        }
    }
}
