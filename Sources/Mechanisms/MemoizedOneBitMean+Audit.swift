public import LocalPrivacy
public import ReportFormat

/// At the quarters of a segment. Devices whose α lies in the same quarter round those alike, so that they are a cohort;
/// which one a device is of is in no response.
extension MemoizedOneBitMean: ExactlyAuditableLongitudinal {
    private static let quarterBitCount = 2

    /// The lower end of the range, the quarters of the first segment up to its upper end, and the upper end of the range.
    public var auditedInputs: [MechanismInput] {
        let quarters = (0...4).map { UInt64($0) * (segmentWidth >> UInt64(Self.quarterBitCount)) }
        return (quarters + (configuration.segmentCount > 1 ? [InputDomain.rangeEnd] : [])).map { .place($0) }
    }

    public var allReports: [CategoryReport] { ends.allReports }

    public var allPermanentResponses: [CategoryReport] { ends.allReports }

    public var cohortCount: Int { 1 << Self.quarterBitCount }

    public var stageLikelihoodBitCount: Int { 64 + Self.quarterBitCount }

    public var likelihoodBitCount: Int { 2 * stageLikelihoodBitCount }

    /// The end to which the cohort rounds.
    public func memo(of item: Int, in cohort: Int) -> Int {
        guard case .place(let place) = auditedInputs[item] else { preconditionFailure("audited inputs are places") }
        return Int(end(of: place, alpha: UInt64(cohort) * (segmentWidth >> UInt64(Self.quarterBitCount))))
    }

    public func permanentLikelihood(of permanent: CategoryReport, given item: Int, in cohort: Int) -> WideUnsigned {
        let ones = onesNumerator(ofEnd: UInt64(memo(of: item, in: cohort)))
        return WideUnsigned(permanent.category == 1 ? ones : 0 &- ones)
    }

    public func permanentLikelihood(of permanent: CategoryReport, given item: Int) -> WideUnsigned {
        (0..<cohortCount).reduce(.zero) { $0 + permanentLikelihood(of: permanent, given: item, in: $1) }
    }

    public func instantaneousLikelihood(of report: CategoryReport, given permanent: CategoryReport) -> WideUnsigned {
        let flips = configuration.instantaneousLieThreshold
        return WideUnsigned(report == permanent ? 0 &- flips : flips) << Self.quarterBitCount
    }

    public func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        allPermanentResponses.reduce(.zero) {
            $0 + permanentLikelihood(of: $1, given: item) * instantaneousLikelihood(of: report, given: $1)
        }
    }
}
