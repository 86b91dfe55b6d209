internal import Estimation
internal import Foundation
internal import Mechanisms
internal import ReportFormat
internal import SecureRandomness

/// What false devices send: well-formed payloads that support as many targets as they can, by the maximal gain attack of
/// [CJG21] §4 carried over to every mechanism.
struct CraftedReports {
    /// A payload with its partition, to which set bits may have to be added.
    private struct Choice {
        let payload: [UInt8]
        let bits: [Int]
    }

    private let mechanism: any ReportCounter
    private let choices: [Choice]
    /// For vectors of bits, how many there are and where they begin.
    private let vector: (bitCount: Int, firstByte: Int)?
    /// For vectors, how likely each number of set bits is.
    private let weights: [Double]

    /// Reports for these targets.
    ///
    /// - Parameter matchesWeights: whether vectors have as many set bits as honest ones have by chance, instead of as many as
    ///   those have on average.
    init(_ mechanism: any ReportCounter, targets: [MechanismInput], matchesWeights: Bool) {
        self.mechanism = mechanism
        var seeds = StudyNoise(study: "crafted reports", run: targets.hashValueOfItems)
        switch mechanism {
        case let oracle as any BitVectorRandomizer:
            (choices, weights, vector) = Self.vectors(of: oracle, targets: targets)
        case let oracle as CountMeanSketch:
            let shape = oracle.shape
            let keys = targets.compactMap { try? oracle.table.key(of: $0) }
            choices = (0..<shape.partitionCount).map { row in
                let none = [UInt64](repeating: 0, count: shape.wordCount)
                return Choice(
                    payload: BitVectorReport(partition: row, words: none).encoded(shape: shape),
                    bits: keys.map { oracle.row(row).place(of: $0) })
            }
            weights = Self.law(shape.bitCount, oracle.cellSupport)
            vector = (shape.bitCount, shape.partitionByteCount)
        case let oracle as any UnaryVector:
            choices = [
                Choice(
                    payload: [UInt8](repeating: 0, count: mechanism.payloadByteCount), bits: targets.compactMap(\.item))
            ]
            weights = Self.law(oracle.itemCount, oracle.vectorSupport)
            vector = (oracle.itemCount, 0)
        default:
            let best = Self.best(of: Self.candidates(of: mechanism, targets: targets, noise: &seeds))
            choices = best.map { Choice(payload: $0, bits: []) }
            (weights, vector) = ([], nil)
        }
        self.matchesWeights = matchesWeights
    }

    private let matchesWeights: Bool

    /// Adds one report.
    func add(to blobs: inout [Int: [UInt8]], noise: inout StudyNoise) {
        let choice = choices[noise.index(below: choices.count)]
        guard let vector else { return blobs.append(choice.payload, of: mechanism) }
        var (payload, isSet) = (choice.payload, Set(choice.bits))
        let wanted: Int
        if let size = (mechanism as? SubsetSelection)?.configuration.subsetSize {
            wanted = size
            if isSet.count > size { isSet = Set(choice.bits.prefix(size)) }
        } else if matchesWeights {
            wanted = Self.place(in: weights, noise: &noise)
        } else {
            wanted = Int(weights.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element })
        }
        while isSet.count < wanted { isSet.insert(noise.index(below: vector.bitCount)) }
        for bit in isSet { payload[vector.firstByte + bit / 8] |= 1 << UInt8(bit % 8) }
        blobs.append(payload, of: mechanism)
    }

    private static func place(in weights: [Double], noise: inout StudyNoise) -> Int {
        var left = noise.uniform()
        for (place, weight) in weights.enumerated() {
            left -= weight
            if left < 0 { return place }
        }
        return weights.count - 1
    }

    private static func law(_ bitCount: Int, _ support: SupportProbabilities) -> [Double] {
        WeightLaws.law(bitCount: bitCount, trueBits: 1, support: support)
    }

    private static func vectors<Oracle: BitVectorRandomizer>(
        of oracle: Oracle, targets: [MechanismInput]
    ) -> ([Choice], [Double], (Int, Int)) {
        let shape = oracle.shape, rule = oracle.response.rule
        let choices = (0..<oracle.cohortCount).map { cohort in
            var bits: Set<Int> = []
            for target in targets {
                guard let words = try? oracle.bits(of: target, cohort: cohort) else { continue }
                for bit in 0..<shape.bitCount where words[bit / 64] >> UInt64(bit % 64) & 1 == 1 { bits.insert(bit) }
            }
            let none = [UInt64](repeating: 0, count: shape.wordCount)
            return Choice(
                payload: BitVectorReport(partition: cohort, words: none).encoded(shape: shape), bits: Array(bits))
        }
        let own = (oracle as? Rappor)?.configuration.hashCount ?? 1
        let law = WeightLaws.law(bitCount: shape.bitCount, trueBits: own, support: rule.support)
        return (choices, law, (shape.bitCount, shape.partitionByteCount))
    }

    /// Of payloads, each with how many targets it supports, those with the most, and no more than a few hundred.
    private static func best(of candidates: [(payload: [UInt8], targets: Int)]) -> [[UInt8]] {
        let most = candidates.map(\.targets).max() ?? 0
        return candidates.filter { $0.targets == most }.prefix(500).map(\.payload)
    }

    private static func candidates(
        of mechanism: any ReportCounter, targets: [MechanismInput], noise: inout StudyNoise
    ) -> [(payload: [UInt8], targets: Int)] {
        let items = targets.compactMap(\.item)
        switch mechanism {
        case let oracle as OptimizedLocalHashing:
            return (0..<20_000).map { _ in
                let seed = noise.next() >> 1
                let answers = items.map { oracle.hash.value(of: $0, seed: seed) }
                let counts = answers.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
                let most = counts.max { ($0.value, $0.key) < ($1.value, $1.key) } ?? (0, 0)
                return (HashedReport(seed: seed, value: most.key).encoded(shape: oracle.shape), most.value)
            }
        case let oracle as Loloha:
            return (0..<oracle.hash.seedCount).flatMap { seed in
                (0..<oracle.configuration.hashRange).map { answer in
                    (
                        PartitionedCategoryReport(partition: seed, category: answer).encoded(shape: oracle.shape),
                        items.count { oracle.hash.answer(to: $0, seed: seed) == answer }
                    )
                }
            }
        case let oracle as HadamardCountMeanSketch:
            let keys = targets.compactMap { try? oracle.table.key(of: $0) }
            return (0..<20_000).map { _ in
                let row = noise.index(below: oracle.table.rowCount), index = noise.index(below: oracle.table.width)
                let odd = keys.count { (index & oracle.table.row(row).place(of: $0)).nonzeroBitCount & 1 == 1 }
                let isSet = 2 * odd > keys.count
                return (
                    HadamardReport(row: row, index: index, isSet: isSet).encoded(shape: oracle.shape),
                    max(odd, keys.count - odd)
                )
            }
        case let oracle as any PureFrequencyOracle: return counted(oracle, items: items)
        default: preconditionFailure("a mechanism that counts values has reports that support them")
        }
    }

    /// Every category, with the targets that one report of it supports.
    private static func counted<Oracle: PureFrequencyOracle>(
        _ oracle: Oracle, items: [Int]
    ) -> [(payload: [UInt8], targets: Int)] {
        guard let count = oracle.shape as? Int else { preconditionFailure("a report is one of some categories") }
        return (0..<count).compactMap { category in
            let payload = CategoryReport(category: category).encoded(shape: count)
            var aggregate = oracle.makeAggregate(of: .study)
            guard (try? oracle.tally(payload.span, partition: 0, into: &aggregate)) != nil else { return nil }
            let support = oracle.supportCounts(in: aggregate)
            return (payload, items.count { support[$0] > 0 })
        }
    }
}

/// A mechanism whose payload is a bit for each item.
protocol UnaryVector: PureFrequencyOracle {
    var itemCount: Int { get }
}

extension UnaryVector {
    var vectorSupport: SupportProbabilities { support }
}

extension SymmetricUnaryEncoding: UnaryVector {
    var itemCount: Int { configuration.noise.itemCount }
}

extension OptimizedUnaryEncoding: UnaryVector {
    var itemCount: Int { configuration.noise.itemCount }
}

extension SubsetSelection: UnaryVector {
    var itemCount: Int { configuration.itemCount }
}

extension MechanismInput {
    fileprivate var item: Int? {
        guard case .item(let item) = self else { return nil }
        return item
    }
}

extension [MechanismInput] {
    /// The same for the same targets in every process.
    fileprivate var hashValueOfItems: Int {
        reduce(17) { hash, input in
            switch input {
            case .item(let item): hash &* 31 &+ item
            case .text(let text): text.reduce(hash) { $0 &* 31 &+ Int($1) }
            case .absent, .place, .pair: hash
            }
        }
    }
}
