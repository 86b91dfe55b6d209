internal import Mechanisms
package import MetricDefinitions

/// A value on its way into the buffer. It points at the caller's bytes and owns none.
package enum EventValue {
    case boolean(Bool)
    /// The bytes of a category's name.
    case category(UnsafeBufferPointer<UInt8>)
    /// What should be UTF-8.
    case text(UnsafeBufferPointer<UInt8>)
    case number(Double)  // lint: allow float — the type in which hosts have numbers; only its place is kept
}

/// Why the buffer takes no event. Never holds the value.
package enum EventRefusal: Error {
    /// Telemetry is off.
    case off
    /// No metric has this name.
    case unknownMetric
    /// The value is none of the metric's, which is the one at this position of the set.
    case value(position: Int, MetricValueError)
    /// The system gives no randomness.
    case noRandomness
}

/// What the buffer knows of one metric: enough to check a value and to bring it into a fixed size.
struct EventPlan {
    enum Kind { case boolean, category, text, number }

    let kind: Kind
    /// The place of the metric in the set, and its scope in the table of categories.
    let position: Int
    /// Whether it is only asked if one event of the day was true.
    let combinesAny: Bool
    let range: NumberRange?
    /// Which of the metrics of texts it is.
    let textIndex: Int

    init(_ metric: MetricDefinition, position: Int, textIndex: Int) {
        self.position = position
        combinesAny = metric.combination == .any
        var range: NumberRange?
        switch metric.domain {
        case .boolean: kind = .boolean
        case .category: kind = .category
        case .string: kind = .text
        case .number(let bounds): (kind, range) = (.number, bounds)
        }
        self.range = range
        self.textIndex = textIndex
    }

    private var typeName: String {
        switch kind {
        case .boolean: "boolean"
        case .category: "category"
        case .text: "string"
        case .number: "number"
        }
    }

    /// A value as the buffer keeps it: an item, a place in the range, or the length of a text.
    struct Content {
        var word: UInt64
        var text: UnsafeBufferPointer<UInt8>?
        var isClipped = false
    }

    /// What to keep of a value.
    func content(of value: EventValue, categories: ByteTable) throws(EventRefusal) -> Content {
        switch (kind, value) {
        case (.boolean, .boolean(let truth)): return Content(word: truth ? 1 : 0)
        case (.category, .category(let name)):
            guard let item = categories.value(of: name, in: UInt32(position)) else {
                throw .value(position: position, .unknownCategory)
            }
            return Content(word: UInt64(item))
        case (.text, .text(let text)):
            guard text.count <= InputDomain.textByteLimit else { throw .value(position: position, .textTooLong) }
            guard UTF8Text.isWellFormed(text) else { throw .value(position: position, .notUTF8) }
            return Content(word: UInt64(text.count), text: text)
        case (.number, .number(let number)):
            guard let range, number.isFinite else { throw .value(position: position, .notANumber) }
            return Content(word: range.place(of: number), isClipped: number < range.low || number > range.high)
        default: throw .value(position: position, .wrongType(expected: typeName))
        }
    }
}
