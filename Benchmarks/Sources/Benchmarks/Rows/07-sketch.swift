internal import CAnchors
internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import ReportFormat

/// Estimates of a sketch of 1,024 rows and places from 100,000 reports, for many candidates.
private struct SketchScene {
    static let candidateCount = 1_000_000
    static let candidateByteCount = 16

    let sketch: CountMeanSketch
    let reports: PooledReports<SketchCounts>
    let candidates: [MechanismInput]

    init() throws {
        let declaration = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 4000), domain: .text, reportsAbsence: false,
            parameters: ["rows": DeclaredNumber(1024), "width": DeclaredNumber(1024)])
        sketch = try CountMeanSketch(configuration: .init(declared: declaration))
        var words = SeededWords(seed: 7)
        var payloads: [UInt8] = []
        for _ in 0..<100_000 {
            let row = words.next() % 1024
            payloads += [UInt8(row & 255), UInt8(row >> 8)]
            for _ in 0..<16 {
                let word = words.next() & words.next() & words.next()
                payloads += (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
            }
        }
        var aggregate = sketch.makeAggregate(of: Fingerprint(value: 7))
        try sketch.tally(payloads.span, partition: 0, into: &aggregate)
        reports = PooledReports(aggregate, on: UTCDay(containing: 0))
        candidates = (0..<Self.candidateCount).map { number in
            let digits = String(number)
            let zeros = String(repeating: "0", count: Self.candidateByteCount - digits.count)
            return .text(Array((zeros + digits).utf8))
        }
    }

    func estimates(from reports: PooledReports<SketchCounts>) throws -> [FrequencyEstimate] {
        try sketch.estimates(of: candidates, from: reports, confidence: .standard) { _, _ in }
    }
}

/// The time of digests alone is taken off both sides: that of estimates from no reports, which look nothing up.
struct SketchLookupRow: Row {
    let name = "7a"
    let operation = "CMS estimates of a million candidates over 1,024 rows, without their digests"
    let anchor = "the same lookups in C, row by row"
    let goal = Goal.cost(atMost: 1.15)
    let unit = "candidate"

    func prepare() throws -> Comparison {
        let scene = try SketchScene(), anchor = CSketch(scene)
        let (estimates, sums) = (try scene.estimates(from: scene.reports), try anchor.sums())
        let cell = scene.sketch.cellSupport, share = 1 / 1024.0
        let spurious = cell.spurious + cell.gap * share, gap = cell.gap * (1 - share)
        for (estimate, sum) in zip(estimates, sums) {
            let expected = (Double(sum) - Double(scene.reports.reportCount) * spurious) / gap
            guard abs(estimate.count - expected) <= 1e-6 * Double(sum) else {
                throw DifferentResults(description: "a count of \(estimate.count) is \(expected) in C")
            }
        }
        let none = PooledReports(
            scene.sketch.makeAggregate(of: Fingerprint(value: 7)), on: UTCDay(containing: 0))
        let units = SketchScene.candidateCount
        let ours = Work.timed(units: units) { keep(try scene.estimates(from: scene.reports)) }
        let ourDigests = Work.timed(units: units) { keep(try scene.estimates(from: none)) }
        let theirs = Work.timed(units: units) { keep(try anchor.sums()) }
        let theirDigests = Work.timed(units: units) { keep(try anchor.sums(rowCount: 0)) }
        return Comparison(
            ours: Work { try ours.secondsPerUnit() - ourDigests.secondsPerUnit() },
            anchor: Work { try theirs.secondsPerUnit() - theirDigests.secondsPerUnit() })
    }
}

struct SketchPeerRow: Row {
    let name = "7b"
    let operation = "CMS estimates of a million candidates over 1,024 rows, with digests and intervals"
    let anchor = "pure-ldp 1.2.0"
    let goal = Goal.speed(atLeast: 800)
    let unit = "candidate"
    let bottleneck: String? = "lookups, at the speed of C, take three fifths of the time, and digests a third"

    func prepare() throws -> Comparison {
        let peer = try PeerProcess("sketch_estimates.py", needing: "pure-ldp")
        let scene = try SketchScene()
        return Comparison(
            ours: .timed(units: SketchScene.candidateCount) { keep(try scene.estimates(from: scene.reports)) },
            anchor: peer.work(units: 100))
    }
}

/// The sketch of a scene as C takes it.
private struct CSketch {
    private let cells: [UInt32]
    private let multipliers: [UInt64], offsets: [UInt64]
    private let header: [UInt8]
    private let texts: [UInt8]

    init(_ scene: SketchScene) {
        let rows = (0..<1024).map { scene.sketch.row($0) }
        cells = scene.reports.aggregate.cells
        (multipliers, offsets) = (rows.map(\.multiplier), rows.map(\.offset))
        let seed = scene.sketch.configuration.hashSeed
        header =
            Array("dither/cms/v1".utf8) + (0..<8).map { UInt8(truncatingIfNeeded: seed >> (8 * UInt64($0))) }
            + [1, UInt8(SketchScene.candidateByteCount), 0]
        texts = scene.candidates.flatMap { candidate -> [UInt8] in
            guard case .text(let bytes) = candidate else { return [] }
            return bytes
        }
    }

    func sums(rowCount: Int = 1024) throws -> [UInt64] {
        var sums = [UInt64](repeating: 0, count: SketchScene.candidateCount)
        let isGood = cells.withUnsafeBufferPointer { cells in
            multipliers.withUnsafeBufferPointer { multipliers in
                offsets.withUnsafeBufferPointer { offsets in
                    var sketch = dither_anchor_sketch(
                        cells: cells.baseAddress, row_count: rowCount, width_bits: 10,
                        multipliers: multipliers.baseAddress,
                        offsets: offsets.baseAddress)
                    return dither_anchor_sketch_sums(
                        &sketch, header, texts, SketchScene.candidateByteCount, sums.count, &sums)
                }
            }
        }
        guard isGood == 1 else { throw Skipped(reason: "libcrypto has no SHA-256") }
        return sums
    }
}
