internal import Foundation

/// Counts of an event among reports about two inputs.
struct EventCounts: Sendable {
    var first = 0
    var second = 0

    /// How well an event tells the inputs apart, less three standard errors; for choosing among events.
    var score: Double {
        guard first > 0 else { return -.infinity }
        let (own, other) = (Double(first) + 0.5, Double(second) + 1)
        return log(own / other) - 3 * (1 / own + 1 / other).squareRoot()
    }
}

/// Learns from reports about two inputs which of them are likelier about the first.
///
/// What is tried: silence, whole payloads, their length, each of their first bytes, and conjunctions of single bits,
/// which a greedy search makes longer as long as it pays. Every event is learned from one half of the reports and judged
/// by the other, so that what fits by chance, as each of many payloads that occur once does, is not preferred.
struct EventLearner {
    typealias Payloads = [[UInt8]?]

    /// The most payloads of either input that are looked at bit by bit.
    private static let bitSampleLimit = 20_000
    /// The longest payload, in bits, that is.
    private static let bitLimit = 8192
    private static let byteLimit = 16
    private static let literalLimit = 8
    /// The most different payloads that are told apart as wholes.
    private static let valueLimit = 4096

    private let first: Payloads
    private let second: Payloads
    private let judgedFirst: Payloads
    private let judgedSecond: Payloads
    /// Whether single bits are worth their time.
    private let looksAtBits: Bool

    init(first: Payloads, second: Payloads, looksAtBits: Bool) {
        self.first = Array(first[..<(first.count / 2)])
        self.second = Array(second[..<(second.count / 2)])
        judgedFirst = Array(first[(first.count / 2)...])
        judgedSecond = Array(second[(second.count / 2)...])
        self.looksAtBits = looksAtBits
    }

    /// The event of the best score, of those known and those learned.
    func bestEvent(among known: [PayloadEvent]) -> (event: PayloadEvent, score: Double)? {
        var best: (event: PayloadEvent, score: Double)?
        func offer(_ event: PayloadEvent?) {
            guard let event else { return }
            let score = counts(of: event.contains).score
            if score > best?.score ?? 0 { best = (event, score) }
        }
        for event in known { offer(event) }
        offer(bestSet("the payload") { $0.map { .bytes($0) } ?? .silence })
        offer(bestSet("the length") { .number($0?.count ?? -1) })
        let length = min(Self.byteLimit, first.lazy.compactMap { $0?.count }.first ?? 0)
        for index in 0..<length {
            offer(
                bestSet("byte \(index)") { payload in
                    guard let payload, index < payload.count else { return .silence }
                    return .number(Int(payload[index]))
                })
        }
        if looksAtBits { offer(bestConjunction()) }
        return best
    }

    /// Among the reports that judge.
    private func counts(of contains: ([UInt8]?) -> Bool) -> EventCounts {
        EventCounts(first: judgedFirst.count { contains($0) }, second: judgedSecond.count { contains($0) })
    }

    private enum Key: Hashable, Sendable {
        case silence
        case bytes([UInt8])
        case number(Int)
    }

    /// The best set of values of a feature: those whose ratio is highest, as many as raise the score.
    private func bestSet(
        _ name: String, key: @escaping @Sendable ([UInt8]?) -> Key
    ) -> PayloadEvent? {
        var table: [Key: EventCounts] = [:]
        for payload in first {
            table[key(payload), default: EventCounts()].first += 1
            if table.count > Self.valueLimit { return nil }
        }
        for payload in second {
            table[key(payload), default: EventCounts()].second += 1
            if table.count > Self.valueLimit { return nil }
        }
        let ranked = table.sorted { left, right in
            let (own, other) = (ratio(left.value), ratio(right.value))
            // Ties go by counts, so that equal samples give equal events.
            return own != other ? own > other : left.value.first > right.value.first
        }
        var (sum, best, count) = (EventCounts(), 0.0, 0)
        for (place, entry) in ranked.enumerated() {
            sum.first += entry.value.first
            sum.second += entry.value.second
            if sum.score > best { (best, count) = (sum.score, place + 1) }
        }
        guard count > 0 else { return nil }
        let chosen = Set(ranked.prefix(count).map(\.key))
        return PayloadEvent("\(name) is one of \(count)") { chosen.contains(key($0)) }
    }

    private func ratio(_ counts: EventCounts) -> Double { (Double(counts.first) + 0.5) / (Double(counts.second) + 1) }

    /// The best conjunction of bits, each set or clear.
    private func bestConjunction() -> PayloadEvent? {
        var ones = first.prefix(Self.bitSampleLimit).compactMap(\.self)
        var twos = second.prefix(Self.bitSampleLimit).compactMap(\.self)
        guard let length = ones.first?.count, length * 8 <= Self.bitLimit, length > 0 else { return nil }
        ones.removeAll { $0.count != length }
        twos.removeAll { $0.count != length }
        var (literals, best): ([(bit: Int, isSet: Bool)], Double) = ([], 0)
        while literals.count < Self.literalLimit {
            let (own, other) = (Self.setCounts(ones, byteCount: length), Self.setCounts(twos, byteCount: length))
            var choice: (bit: Int, isSet: Bool)?
            for bit in own.indices {
                for isSet in [true, false] {
                    let counts = EventCounts(
                        first: isSet ? own[bit] : ones.count - own[bit],
                        second: isSet ? other[bit] : twos.count - other[bit])
                    // A literal that all reports share adds nothing.
                    guard counts.first + counts.second < ones.count + twos.count, counts.score > best else { continue }
                    (choice, best) = ((bit, isSet), counts.score)
                }
            }
            guard let choice else { break }
            literals.append(choice)
            let holds = { (payload: [UInt8]) in Self.holds(choice.bit, choice.isSet, in: payload) }
            ones = ones.filter(holds)
            twos = twos.filter(holds)
        }
        guard !literals.isEmpty else { return nil }
        let conjunction = literals
        let name = conjunction.map { "bit \($0.bit) is \($0.isSet ? 1 : 0)" }.joined(separator: ", ")
        return PayloadEvent(name) { payload in
            guard let payload, payload.count == length else { return false }
            return conjunction.allSatisfy { Self.holds($0.bit, $0.isSet, in: payload) }
        }
    }

    private static func holds(_ bit: Int, _ isSet: Bool, in payload: [UInt8]) -> Bool {
        (payload[bit / 8] >> UInt8(bit % 8) & 1 == 1) == isSet
    }

    private static func setCounts(_ payloads: [[UInt8]], byteCount: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: 8 * byteCount)
        for payload in payloads {
            for (index, byte) in payload.enumerated() where byte != 0 {
                for bit in 0..<8 { counts[8 * index + bit] += Int(byte >> UInt8(bit) & 1) }
            }
        }
        return counts
    }
}
