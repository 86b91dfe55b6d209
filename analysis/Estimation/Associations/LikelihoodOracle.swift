internal import Foundation
internal import LocalPrivacy
public import Mechanisms
internal import ReportFormat

/// The analyst's role in a mechanism whose reports are looked at one by one: how likely a report is under each value.
public protocol LikelihoodOracle: ReportCounter {
    /// The likelihoods of reports under candidates.
    ///
    /// - Parameters:
    ///   - candidates: values of the mechanism's domain, each once; at least one.
    ///   - includesOther: whether a value stands for all texts that are no candidates, behind the candidates; of
    ///     mechanisms for texts alone.
    /// - Throws: ``EstimationError``.
    func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<Report>
}

/// How likely reports are under some values.
public struct LikelihoodModel<Report: Sendable>: Sendable {
    /// How many values there are, with the one that stands for all others.
    public let valueCount: Int

    /// For each value ln P(report | value), up to a number that all values share.
    public let logLikelihoods: @Sendable (Report) -> [Double]

    init(valueCount: Int, logLikelihoods: @escaping @Sendable (Report) -> [Double]) {
        (self.valueCount, self.logLikelihoods) = (valueCount, logLikelihoods)
    }
}

extension LikelihoodOracle where Self: ExactlyAuditable {
    /// Of declared values, by the exact likelihoods that audits use.
    func exactLikelihoodModel(of candidates: [MechanismInput]) throws(EstimationError) -> LikelihoodModel<Report> {
        let places = Dictionary(uniqueKeysWithValues: auditedInputs.enumerated().map { ($1, $0) })
        var items: [Int] = []
        for (position, candidate) in candidates.enumerated() {
            guard let item = places[candidate] else { throw .candidateOutOfDomain(position: position) }
            items.append(item)
        }
        return LikelihoodModel(valueCount: items.count) { [items] report in
            items.map { likelihood(of: report, given: $0).naturalLogarithm }
        }
    }
}

extension WideUnsigned {
    /// ln of this to the accuracy of a double; −∞ of zero.
    var naturalLogarithm: Double {
        let leading = words.suffix(3).reversed().reduce(0.0) { $0 * 0x1p64 + Double($1) }
        return log(leading) + Double(max(0, words.count - 3)) * 64 * log(2.0)
    }
}

extension LikelihoodOracle where Report == BitVectorReport {
    /// Of values that are bits of their own or of a filter.
    func filterLikelihoodModel(_ filter: FilterLikelihoods) -> LikelihoodModel<Report> {
        LikelihoodModel(valueCount: filter.valueCount) { filter.logLikelihoods(of: $0.words, cohort: $0.partition) }
    }
}

extension BitVectorRandomizer where Self: LikelihoodOracle {
    /// The bits of candidates in every cohort, with p* and q* of a report.
    ///
    /// - Complexity: a filter for each candidate in each cohort.
    func bitLikelihoodModel(
        of candidates: [MechanismInput], hashCount: Int, includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<Report> {
        var cohorts: [[[Int]]] = []
        for cohort in 0..<cohortCount {
            var filters: [[Int]] = []
            for (position, candidate) in candidates.enumerated() {
                let words: [UInt64]
                do { words = try bits(of: candidate, cohort: cohort) } catch {
                    if case .noRandomness = error { throw .algorithmUnavailable(name: "MD5") }
                    throw .candidateOutOfDomain(position: position)
                }
                filters.append((0..<response.bitCount).filter { words[$0 / 64] >> UInt64($0 % 64) & 1 == 1 })
            }
            cohorts.append(filters)
        }
        let support = response.rule.support
        return filterLikelihoodModel(
            FilterLikelihoods(
                bitCount: response.bitCount, hashCount: hashCount, bits: cohorts, clear: support.spurious,
                set: support.truthful, includesOther: includesOther))
    }
}
