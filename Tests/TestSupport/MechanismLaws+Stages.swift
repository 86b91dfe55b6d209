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
        for (item, row) in stages.permanent.enumerated() {
            let sums = row.indices.map { response in stages.joint.reduce(BigUInt(0)) { $0 + $1[item][response] } }
            if sums != row { breaches.append(LawBreach(.likelihoodsSumToOne, "those of cohorts do not")) }
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
    /// By cohort, by item, then by permanent response: the likelihood of both.
    let joint: [[[BigUInt]]]
    /// By cohort, then by item: which permanent response it has.
    let memos: [[Int]]
    /// By cohort, the permanent responses that its devices can have.
    private let responses: [[Int]]

    init<M: ExactlyAuditableLongitudinal>(of mechanism: M) {
        let (responses, reports) = (mechanism.allPermanentResponses, mechanism.allReports)
        permanent = mechanism.auditedInputs.indices.map { item in
            responses.map { BigUInt(wide: mechanism.permanentLikelihood(of: $0, given: item)) }
        }
        instantaneous = responses.map { response in
            reports.map { BigUInt(wide: mechanism.instantaneousLikelihood(of: $0, given: response)) }
        }
        bitCount = mechanism.stageLikelihoodBitCount
        let items = mechanism.auditedInputs.indices
        joint = (0..<mechanism.cohortCount).map { cohort in
            items.map { item in
                responses.map { BigUInt(wide: mechanism.permanentLikelihood(of: $0, given: item, in: cohort)) }
            }
        }
        memos = (0..<mechanism.cohortCount).map { cohort in items.map { mechanism.memo(of: $0, in: cohort) } }
        self.responses = joint.map { table in
            responses.indices.filter { response in table.contains { $0[response] > 0 } }
        }
    }

    /// The permanent responses of a cohort.
    func responses(in cohort: Int) -> [Int] { responses[cohort] }

    /// The memos of a history on devices of a cohort.
    func memos(of history: [Int], in cohort: Int) -> [Int] { history.map { memos[cohort][$0] } }

    /// The likelihood of a transcript given a history, over the secret and the fresh noise, as a numerator over
    /// 2^(2 · length · bitCount).
    func likelihood(of transcript: [Int], given history: [Int]) -> BigUInt {
        likelihoods(of: transcript, given: history).reduce(0, +)
    }

    /// The likelihood that the device is of a cohort and makes a transcript, by cohort: reports about one memo share a
    /// permanent response, which is summed over, and all share the cohort. Given the cohort, of which there are m, a
    /// permanent response is m times as likely.
    func likelihoods(of transcript: [Int], given history: [Int]) -> [BigUInt] {
        memos.indices.map { cohort in
            let memos = memos(of: history, in: cohort), distinct = Set(memos)
            let product = distinct.reduce(BigUInt(1)) { product, memo in
                let reports = history.indices.filter { memos[$0] == memo }
                let item = history[reports[0]]
                return product
                    * responses[cohort].reduce(BigUInt(0)) { sum, response in
                        sum
                            + reports.reduce(joint[cohort][item][response]) {
                                $0 * instantaneous[response][transcript[$1]]
                            }
                    }
            }
            let given = BigUInt(self.memos.count).power(distinct.count - 1)
            return (product * given) << ((history.count - distinct.count) * bitCount)
        }
    }
}
