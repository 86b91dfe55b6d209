public import LocalPrivacy
public import ReportFormat
internal import SecureRandomness

/// For sketches of few and short rows: there are k·2^m reports.
extension CountMeanSketch: ExactlyAuditable {
    /// The empty text, the first of a fixed list that some row tells from it, and "no event" where it is reported.
    public var auditedInputs: [MechanismInput] {
        func key(_ text: [UInt8]) -> SketchKey? { try? SketchKey(of: text, seed: configuration.hashSeed) }
        let texts = (0..<100).lazy.map { Array("\($0)".utf8) }
        guard let empty = key([]) else { preconditionFailure("there is SHA-256 where there is a sketch") }
        let other = texts.first { text in
            guard let other = key(text) else { return false }
            return (0..<configuration.rowCount).contains { row($0).place(of: empty) != row($0).place(of: other) }
        }
        return [.text([]), .text(other ?? [0])] + (configuration.reportsAbsence ? [.absent] : [])
    }

    public var allReports: [BitVectorReport] {
        precondition(configuration.width <= 16, "the reports of short rows can be listed")
        return (0..<configuration.rowCount).flatMap { index in
            (0..<(1 << UInt64(configuration.width))).map { BitVectorReport(partition: index, words: [$0]) }
        }
    }

    public var likelihoodBitCount: Int { 64 * configuration.width + configuration.rowCount.trailingZeroBitCount }

    /// T or N − T for each bit that is or is not what the place demands. The row is 1 of k, whatever the text.
    public func likelihood(of report: BitVectorReport, given item: Int) -> WideUnsigned {
        guard let key = try? input(from: auditedInputs[item], on: DeviceContext(permanentNoise: nil)) else {
            preconditionFailure("audited inputs are inputs")
        }
        let place = row(report.partition).place(of: key)
        let (kept, flipped) = (
            WideUnsigned(0 &- configuration.flipThreshold), WideUnsigned(configuration.flipThreshold)
        )
        return (0..<configuration.width).reduce(WideUnsigned(1)) { product, bit in
            product * (report[bit] == (bit == place) ? kept : flipped)
        }
    }

    /// What a chain's coarser thresholds give away at most, over all 16,000 ε.
    public var unspentAllowanceNanonats: Int { 30_158 }
}
