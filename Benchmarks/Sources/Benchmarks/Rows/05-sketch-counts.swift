internal import CAnchors
internal import Estimation
internal import LocalPrivacy
internal import Mechanisms
internal import ReportFormat

/// Reports of a sketch of 1,024 rows by 1,024 cells, in the order they came in.
struct MixedRowsRow: Row {
    let name = "5a"
    let operation = "count reports of a sketch, 1,024 rows by 1,024 cells, mixed"
    let anchor = "planes of bytes in C, unchecked"
    let goal = Goal.speed(atLeast: 0.90)
    let unit = "report"

    func prepare() throws -> Comparison {
        let (rowCount, units) = (1024, 500_000)
        let sketch = try documentedSketch(rowCount: rowCount), payloads = sketchReports(units, rowCount: rowCount)
        let none = sketch.makeAggregate(of: Fingerprint(value: 1))
        var (counted, cells) = (none, [UInt32](repeating: 0, count: rowCount * 1024))
        try sketch.tally(payloads.span, partition: 0, into: &counted)
        guard dither_anchor_count_planes(payloads, units, rowCount, &cells) else {
            throw Skipped(reason: "there is no memory for a megabyte of counters")
        }
        precondition(counted.cells == cells, "both sides count the same")
        return Comparison(
            ours: .timed(units: units) { try sketch.tally(payloads.span, partition: 0, into: &counted) },
            anchor: .timed(units: units) { _ = dither_anchor_count_planes(payloads, units, rowCount, &cells) })
    }
}

/// So many rows that their counters are in no cache: reports are sorted before.
struct ManyRowsRow: Row {
    let name = "5b"
    let operation = "count reports of a sketch, 65,536 rows by 1,024 cells, mixed"
    let anchor = "60 ns a report"
    let goal = Goal.cost(atMost: 1)
    let unit = "report"
    let bottleneck: String? =
        "memory: reports are copied into the order of their rows, and 4 KiB of cells of every row are read and written"

    func prepare() throws -> Comparison {
        let (rowCount, units) = (65_536, 2_000_000)
        let sketch = try documentedSketch(rowCount: rowCount), payloads = sketchReports(units, rowCount: rowCount)
        var counted = sketch.makeAggregate(of: Fingerprint(value: 1))
        return Comparison(
            ours: .timed(units: units) { try sketch.tally(payloads.span, partition: 0, into: &counted) },
            anchor: .recorded(secondsPerUnit: 60e-9))
    }
}

/// A sketch of 1,024 cells a row at ε = 4.
private func documentedSketch(rowCount: Int) throws -> CountMeanSketch {
    let declaration = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: 4000), domain: .text, reportsAbsence: false,
        parameters: ["rows": DeclaredNumber(Int32(rowCount)), "width": DeclaredNumber(1024)])
    return try CountMeanSketch(configuration: .init(declared: declaration))
}

/// Random bits of random rows.
private func sketchReports(_ count: Int, rowCount: Int) -> [UInt8] {
    let rows = randomBytes(2 * count), bits = randomBytes(1_048_573)
    var (payloads, next) = ([UInt8](), 0)
    payloads.reserveCapacity(130 * count)
    for report in 0..<count {
        let row = (Int(rows[2 * report]) | Int(rows[2 * report + 1]) << 8) % rowCount
        payloads.append(UInt8(row & 255))
        payloads.append(UInt8(row >> 8))
        if next + 128 > bits.count { next -= bits.count - 128 }
        payloads.append(contentsOf: bits[next..<next + 128])
        next += 128
    }
    return payloads
}
