public import LocalPrivacy
public import ReportFormat

/// For few items: there are as many seeds, each with g answers.
extension Loloha: ExactlyAuditableLongitudinal {
    public var allReports: [PartitionedCategoryReport] {
        (0..<hash.seedCount).flatMap { seed in
            (0..<configuration.hashRange).map { PartitionedCategoryReport(partition: seed, category: $0) }
        }
    }

    public var allPermanentResponses: [PartitionedCategoryReport] { allReports }

    public var cohortCount: Int { hash.seedCount }

    public func cohort(of permanent: PartitionedCategoryReport) -> Int { permanent.partition }

    /// Items of one hash share a response.
    public func memo(of item: Int, in cohort: Int) -> Int { hash.answer(to: item, seed: cohort) }

    /// A seed is one of 2^r, so that each stage's denominator has their number as a factor.
    public var stageLikelihoodBitCount: Int { 128 + hash.degree }

    public var likelihoodBitCount: Int { 2 * stageLikelihoodBitCount }

    public func likelihood(of report: PartitionedCategoryReport, given item: Int) -> WideUnsigned {
        let answer = memo(of: item, in: report.partition)
        return (0..<configuration.hashRange).reduce(.zero) { sum, kept in
            sum + stages.permanent.likelihood(of: kept, given: answer)
                * stages.instantaneous.likelihood(of: report.category, given: kept)
        } << hash.degree
    }

    public func permanentLikelihood(of permanent: PartitionedCategoryReport, given item: Int) -> WideUnsigned {
        stages.permanent.likelihood(of: permanent.category, given: memo(of: item, in: permanent.partition))
    }

    public func instantaneousLikelihood(
        of report: PartitionedCategoryReport, given permanent: PartitionedCategoryReport
    ) -> WideUnsigned {
        guard report.partition == permanent.partition else { return .zero }
        return stages.instantaneous.likelihood(of: report.category, given: permanent.category) << hash.degree
    }
}
