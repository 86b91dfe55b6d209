/// A source of uniform, independent 64-bit words. An agent's is ``FreshNoise``; only simulators and tests have others.
public protocol NoiseSource: ~Copyable {
    /// The next word.
    mutating func next() -> UInt64

    /// Lends the next `count` words, in the order in which ``next()`` returns them. By default they are collected from it.
    mutating func withNext<Result>(_ count: Int, _ body: (Span<UInt64>) -> Result) -> Result
}

extension NoiseSource where Self: ~Copyable {
    public mutating func withNext<Result>(_ count: Int, _ body: (Span<UInt64>) -> Result) -> Result {
        var words: [UInt64] = []
        words.reserveCapacity(count)
        for _ in 0..<count { words.append(next()) }
        return body(words.span)
    }

    /// An index in `0..<bound`, by multiply-high: no index is likelier than another by more than bound / 2⁶⁴.
    ///
    /// For orders and moments, on which no ε rests; a mechanism accounts for such a bias in its threshold.
    @inlinable
    public mutating func index(below bound: Int) -> Int {
        precondition(bound > 0, "an index needs a positive bound")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }
}

/// Permutes `elements` uniformly, up to a bias of count / 2⁶⁴ per step (Fisher–Yates).
///
/// - Throws: what ``FreshNoise/init(wordCount:)`` throws; `elements` then keep their order.
public func shuffle<Element>(_ elements: inout [Element]) throws(RandomnessError) {
    guard elements.count > 1 else { return }
    var noise = try FreshNoise(wordCount: elements.count - 1)
    for index in stride(from: elements.count - 1, to: 0, by: -1) {
        elements.swapAt(index, noise.index(below: index + 1))
    }
}
