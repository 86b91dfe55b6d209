internal import BigInt
internal import LocalPrivacy
public import Mechanisms

extension MechanismLaws {
    /// The exact laws about the two stages of a memoized mechanism, each against its own bound. As what follows the
    /// permanent response only processes it, its ratio bounds transcripts of any length about one value.
    public static func stageBreaches<M: ExactlyAuditableLongitudinal>(of mechanism: M) -> [LawBreach] {
        let stages = StageTables(of: mechanism)
        var breaches: [LawBreach] = []
        let whole = BigUInt(1) << mechanism.stageLikelihoodBitCount
        if (stages.permanent + stages.instantaneous).contains(where: { $0.reduce(0, +) != whole }) {
            breaches.append(LawBreach(.likelihoodsSumToOne, "those of a stage do not"))
        }
        for (item, row) in likelihoodTable(of: mechanism).enumerated() {
            for (report, likelihood) in row.enumerated() {
                let sum = stages.instantaneous.indices.reduce(BigUInt(0)) {
                    $0 + stages.permanent[item][$1] * stages.instantaneous[$1][report]
                }
                let scale = mechanism.likelihoodBitCount - 2 * mechanism.stageLikelihoodBitCount
                if sum << scale != likelihood {
                    breaches.append(LawBreach(.stagesMakeTheReport, "report \(report) of item \(item) is not theirs"))
                }
            }
        }
        let permanent = WorstRatio(of: stages.permanent)
        if !ExactExponential(mechanism.permanentEpsilon).surelyCovers(permanent.likely, over: permanent.unlikely) {
            breaches.append(
                LawBreach(.permanentRatiosWithinPermanentEpsilon, "exceeds e^\(mechanism.permanentEpsilon)"))
        }
        if !lossBreaches(permanent, nanonats: mechanism.permanentLoss.nanonats).isEmpty {
            breaches.append(
                LawBreach(.permanentRatiosWithinPermanentEpsilon, "is not \(mechanism.permanentLoss) nats"))
        }
        for cohort in 0..<mechanism.cohortCount {
            let fresh = WorstRatio(of: stages.responses(in: cohort).map { stages.instantaneous[$0] })
            if !lossBreaches(fresh, nanonats: mechanism.instantaneousLoss.nanonats).isEmpty {
                breaches.append(
                    LawBreach(.freshRatiosWithinInstantaneousLoss, "is not \(mechanism.instantaneousLoss) nats"))
            }
        }
        return breaches
    }
}

/// The likelihoods of both stages as integers over one denominator.
struct StageTables {
    /// By item, then by permanent response.
    let permanent: [[BigUInt]]
    /// By permanent response, then by report.
    let instantaneous: [[BigUInt]]
    let bitCount: Int
    /// By permanent response.
    private let cohorts: [Int]
    private let cohortCount: Int

    init<M: ExactlyAuditableLongitudinal>(of mechanism: M) {
        let (responses, reports) = (mechanism.allPermanentResponses, mechanism.allReports)
        permanent = mechanism.auditedInputs.indices.map { item in
            responses.map { BigUInt(wide: mechanism.permanentLikelihood(of: $0, given: item)) }
        }
        instantaneous = responses.map { response in
            reports.map { BigUInt(wide: mechanism.instantaneousLikelihood(of: $0, given: response)) }
        }
        bitCount = mechanism.stageLikelihoodBitCount
        (cohorts, cohortCount) = (responses.map(mechanism.cohort(of:)), mechanism.cohortCount)
    }

    /// The permanent responses of a cohort.
    func responses(in cohort: Int) -> [Int] { cohorts.indices.filter { cohorts[$0] == cohort } }

    /// The likelihood of a transcript given a history, over the secret and the fresh noise, as a numerator over
    /// 2^(2 · length · bitCount): reports about one item share a permanent response, which is summed over, and all share
    /// a cohort. Given the cohort, of which there are m, a permanent response is m times as likely.
    func likelihood(of transcript: [Int], given history: [Int]) -> BigUInt {
        let distinct = Set(history)
        let sum = (0..<cohortCount).reduce(BigUInt(0)) { sum, cohort in
            let responses = responses(in: cohort)
            return sum
                + distinct.reduce(BigUInt(1)) { product, item in
                    let reports = history.indices.filter { history[$0] == item }.map { transcript[$0] }
                    return product
                        * responses.reduce(BigUInt(0)) { sum, response in
                            sum + reports.reduce(permanent[item][response]) { $0 * instantaneous[response][$1] }
                        }
                }
        }
        let given = BigUInt(cohortCount).power(distinct.count - 1)
        return (sum * given) << ((history.count - distinct.count) * bitCount)
    }
}
