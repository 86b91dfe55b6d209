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
    case pair(EventHalf, EventHalf)
}

/// One value of a pair on its way into the buffer.
package enum EventHalf {
    case boolean(Bool)
    /// The bytes of a category's name.
    case category(UnsafeBufferPointer<UInt8>)
    /// What should be UTF-8.
    case text(UnsafeBufferPointer<UInt8>)
    /// A value of whatever type as a shell writes it: `true` or `false`, a category's name, or a text.
    case written(UnsafeBufferPointer<UInt8>)
    /// What no half of a pair can be.
    case foreign
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
    enum Kind { case boolean, category, text, number, pair }

    let kind: Kind
    /// What the halves of a pair are.
    private(set) var halves: (first: Kind, second: Kind)?
    /// The place of the metric in the set, and its scope in the table of categories.
    let position: Int
    /// Whether it is only asked if one event of the day was true.
    let combinesAny: Bool
    let range: NumberRange?
    /// Where its first text is among all of them.
    let textIndex: Int
    /// How many texts an event of it has.
    let textCount: Int

    init(_ metric: MetricDefinition, position: Int, textIndex: Int) {
        self.position = position
        combinesAny = metric.combination == .any
        kind = Kind(metric.domain)
        range = if case .number(let bounds) = metric.domain { bounds } else { nil }
        if case .pair(let first, let second) = metric.domain {
            halves = (Kind(first.domain), Kind(second.domain))
        }
        self.textIndex = textIndex
        textCount = halves.map { ($0.first == .text ? 1 : 0) + ($0.second == .text ? 1 : 0) } ?? (kind == .text ? 1 : 0)
    }

    /// Under what number the categories of a metric, or of a half of it, are in the table.
    static func categoryScope(_ position: Int, half: Int = 0) -> UInt32 { UInt32(position) | UInt32(half) << 16 }

    /// A value as the buffer keeps it: an item, a place in the range, or the length of a text.
    struct Content {
        var word: UInt64
        var text: UnsafeBufferPointer<UInt8>?
        /// The text of a pair's second half.
        var otherText: UnsafeBufferPointer<UInt8>?
        var isClipped = false
    }

    /// What to keep of a value.
    func content(of value: EventValue, categories: ByteTable) throws(EventRefusal) -> Content {
        switch (kind, value) {
        case (.boolean, .boolean(let truth)): return Content(word: truth ? 1 : 0)
        case (.category, .category(let name)):
            return Content(word: try item(name, categories, half: 0))
        case (.text, .text(let text)): return Content(word: try length(of: text), text: text)
        case (.pair, .pair(let first, let second)):
            guard let halves else { preconditionFailure("a pair has halves") }
            let one = try content(of: first, as: halves.first, half: 0, categories)
            let other = try content(of: second, as: halves.second, half: 1, categories)
            return Content(word: one.word | other.word << 32, text: one.text, otherText: other.text)
        case (.number, .number(let number)):
            guard let range, number.isFinite else { throw .value(position: position, .notANumber) }
            return Content(word: range.place(of: number), isClipped: number < range.low || number > range.high)
        default: throw .value(position: position, .wrongType(expected: kind.typeName))
        }
    }

    /// What to keep of a half: of 32 bits, and perhaps a text.
    private func content(
        of value: EventHalf, as kind: Kind, half: Int, _ categories: ByteTable
    ) throws(EventRefusal) -> Content {
        switch (kind, value) {
        case (.boolean, .boolean(let truth)): return Content(word: truth ? 1 : 0)
        case (.boolean, .written(let text)):
            if text.elementsEqual("true".utf8) { return Content(word: 1) }
            guard text.elementsEqual("false".utf8) else { throw .value(position: position, .notABoolean) }
            return Content(word: 0)
        case (.category, .category(let name)), (.category, .written(let name)):
            return Content(word: try item(name, categories, half: half))
        case (.text, .text(let text)), (.text, .written(let text)):
            return Content(word: try length(of: text), text: text)
        default: throw .value(position: position, .wrongType(expected: kind.typeName))
        }
    }

    private func item(
        _ name: UnsafeBufferPointer<UInt8>, _ categories: ByteTable, half: Int
    ) throws(EventRefusal) -> UInt64 {
        guard let item = categories.value(of: name, in: Self.categoryScope(position, half: half)) else {
            throw .value(position: position, .unknownCategory)
        }
        return UInt64(item)
    }

    private func length(of text: UnsafeBufferPointer<UInt8>) throws(EventRefusal) -> UInt64 {
        guard text.count <= InputDomain.textByteLimit else { throw .value(position: position, .textTooLong) }
        guard UTF8Text.isWellFormed(text) else { throw .value(position: position, .notUTF8) }
        return UInt64(text.count)
    }
}

extension EventPlan.Kind {
    init(_ domain: MetricDomain) {
        self =
            switch domain {
            case .boolean: .boolean
            case .category: .category
            case .string: .text
            case .number: .number
            case .pair: .pair
            }
    }

    var typeName: String {
        switch self {
        case .boolean: "boolean"
        case .category: "category"
        case .text: "string"
        case .number: "number"
        case .pair: "pair"
        }
    }
}
