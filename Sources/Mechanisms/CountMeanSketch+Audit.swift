public import LocalPrivacy
public import ReportFormat

/// For sketches of few and short rows: there are k·2^m reports.
extension CountMeanSketch: ExactlyAuditable {
    /// Two texts that some row tells apart, and "no event" where it is reported.
    public var auditedInputs: [MechanismInput] { table.auditedInputs }

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
