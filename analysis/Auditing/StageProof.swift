internal import LocalPrivacy
internal import Mechanisms

/// The proof of the four claims of a memoized instance: both stages, and transcripts of a few reports.
struct StageProof {
    let findings: [AuditFinding]
    /// The longest transcripts that were enumerated.
    let transcriptLength: Int

    /// The most transcripts, over all histories, that are enumerated.
    private static let transcriptLimit = 2500

    init<M: ExactlyAuditableLongitudinal>(of mechanism: M) {
        let stages = StageTables(of: mechanism)
        let inputCount = mechanism.auditedInputs.count, reportCount = mechanism.allReports.count
        var length = 1, cells = inputCount * reportCount
        while length < 3, cells * inputCount * reportCount <= Self.transcriptLimit {
            (length, cells) = (length + 1, cells * inputCount * reportCount)
        }
        transcriptLength = length
        // Claims about several reports are not to be read off single ones.
        findings =
            Self.stageFindings(of: mechanism, stages)
            + (length > 1 ? Self.transcripts(of: mechanism, stages, length: length) : [])
    }

    private static func stageFindings<M: ExactlyAuditableLongitudinal>(
        of mechanism: M, _ stages: StageTables
    ) -> [AuditFinding] {
        let whole = WideUnsigned(1) << mechanism.stageLikelihoodBitCount
        let rows = stages.permanent + stages.instantaneous
        let sums = rows.allSatisfy { $0.reduce(.zero, +) == whole }
        let scale = mechanism.likelihoodBitCount - 2 * mechanism.stageLikelihoodBitCount
        let reports = mechanism.allReports
        let makesReports = stages.permanent.indices.allSatisfy { item in
            reports.indices.allSatisfy { report in
                let sum = stages.instantaneous.indices.reduce(WideUnsigned.zero) {
                    $0 + stages.permanent[item][$1] * stages.instantaneous[$1][report]
                }
                return sum << scale == mechanism.likelihood(of: reports[report], given: item)
            }
        }
        var permanent = WorstRatio()
        for place in stages.instantaneous.indices { permanent.include(stages.permanent.map { $0[place] }, at: place) }
        let permanentLoss = permanent.loss
        var fresh = WorstRatio()
        for cohort in 0..<mechanism.cohortCount {
            let responses = stages.responses(in: cohort)
            for report in reports.indices where !responses.isEmpty {
                // A report of another cohort has no likelihood under any of these.
                let likelihoods = responses.map { stages.instantaneous[$0][report] }
                if likelihoods.contains(where: { !$0.isZero }) { fresh.include(likelihoods, at: report) }
            }
        }
        let freshLoss = fresh.loss
        let isUnbounded = mechanism.instantaneousLoss.nanonats > 32_000_000_000
        return [
            AuditFinding(
                .stagesMakeTheReport, holds: sums && makesReports,
                "the likelihoods of \(reports.count) reports are \(sums && makesReports ? "" : "not ")those of both "
                    + "stages"),
            AuditFinding(
                .permanentLossWithinEpsilon,
                holds: permanentLoss.isWithin(PrivacyLoss(mechanism.permanentEpsilon))
                    && permanentLoss.agrees(with: mechanism.permanentLoss),
                "the worst permanent response loses \(permanentLoss.words), stated is \(mechanism.permanentLoss), "
                    + "declared \(mechanism.permanentEpsilon)"),
            AuditFinding(
                .freshLossIsRealised,
                holds: isUnbounded || (freshLoss.isWithin(mechanism.instantaneousLoss)),
                "the fresh noise loses \(freshLoss.words) a report, stated is \(mechanism.instantaneousLoss)"),
        ]
    }

    /// The worst ratios over every pair of histories and every transcript, by claim and bound.
    private static func transcripts<M: ExactlyAuditableLongitudinal>(
        of mechanism: M, _ stages: StageTables, length: Int
    ) -> [AuditFinding] {
        let histories = words(over: mechanism.auditedInputs.count, length: length)
        let transcripts = words(over: mechanism.allReports.count, length: length)
        let table = histories.map { history in transcripts.map { stages.likelihood(of: $0, given: history) } }
        let bitCount = length * mechanism.likelihoodBitCount
        let rounded = table.map { $0.map { $0.fraction(overBits: bitCount) } }
        var constant = WorstRatio()
        var renamed = [WorstRatio](repeating: WorstRatio(), count: length + 1), differing = renamed
        for (row, history) in histories.enumerated() {
            for (otherRow, other) in histories.enumerated() where row < otherRow {
                let isConstant = Set(history).count == 1 && Set(other).count == 1
                // Claim 3 counts what has a permanent response, on devices of any one cohort.
                let memos = (0..<mechanism.cohortCount).map { cohort in
                    (stages.memos(of: history, in: cohort), stages.memos(of: other, in: cohort))
                }
                let distinct = memos.map { Set($0.0).count }.max() ?? 1
                let isRenamed = memos.allSatisfy { pattern(of: $0.0) == pattern(of: $0.1) }
                let difference = zip(history, other).count { $0 != $1 }
                let worst = Self.worst(table[row], table[otherRow], rounded[row], rounded[otherRow])
                if isConstant { constant.include(worst) }
                if isRenamed { renamed[distinct].include(worst) }
                differing[difference].include(worst)
            }
        }
        func finding(_ check: AuditCheck, _ worst: [WorstRatio], _ bounds: [PrivacyLoss]) -> AuditFinding {
            for (ratio, bound) in zip(worst, bounds) where bound.nanonats <= 32_000_000_000 {
                let loss = ratio.loss
                guard !loss.isWithin(bound) else { continue }
                return AuditFinding(
                    check, .failed,
                    "transcript \(transcripts[ratio.place]) loses \(loss.words) where \(bound) is claimed")
            }
            return AuditFinding(
                check, .passed,
                "all \(transcripts.count) transcripts of \(length) reports keep to it under \(histories.count) histories"
            )
        }
        let counts = 1...length
        return [
            finding(.constantHistoriesProven, [constant], [PrivacyLoss(mechanism.permanentEpsilon)]),
            finding(
                .renamedHistoriesProven, Array(renamed.dropFirst()), counts.map(mechanism.permanentLoss.times)),
            finding(
                .differingHistoriesProven, Array(differing.dropFirst()), counts.map(mechanism.instantaneousLoss.times)),
        ]
    }

    /// The worst ratio of two rows. Rounding to fifty bits tells which ratios are too far below the worst one so far to be
    /// compared exactly.
    private static func worst(
        _ first: [WideUnsigned], _ second: [WideUnsigned], _ roundedFirst: [Double], _ roundedSecond: [Double]
    ) -> WorstRatio {
        var (worst, roundedWorst) = (WorstRatio(), 1.0)
        for place in first.indices {
            let (own, other) = (roundedFirst[place], roundedSecond[place])
            let ratio = max(own, other) / min(own, other)
            // Not a number where both are zero.
            if ratio < roundedWorst * (1 - 1e-9) { continue }
            worst.include([first[place], second[place]], at: place)
            if ratio > roundedWorst { roundedWorst = ratio }
        }
        return worst
    }

    /// For each report the first one about the same value: equal for two histories if one is the other renamed.
    private static func pattern(of history: [Int]) -> [Int?] { history.map { history.firstIndex(of: $0) } }

    /// Every word of a length over the letters 0..<letterCount.
    private static func words(over letterCount: Int, length: Int) -> [[Int]] {
        (0..<length).reduce([[]]) { words, _ in words.flatMap { word in (0..<letterCount).map { word + [$0] } } }
    }
}

/// The likelihoods of both stages as integers over one denominator.
private struct StageTables {
    /// By input, then by permanent response.
    let permanent: [[WideUnsigned]]
    /// By permanent response, then by report.
    let instantaneous: [[WideUnsigned]]
    /// By cohort, by input, then by permanent response: the likelihood of both.
    private let joint: [[[WideUnsigned]]]
    /// By cohort, then by input: which permanent response answers it.
    private let memos: [[Int]]
    private let bitCount: Int

    init<M: ExactlyAuditableLongitudinal>(of mechanism: M) {
        let (responses, reports) = (mechanism.allPermanentResponses, mechanism.allReports)
        let items = mechanism.auditedInputs.indices
        permanent = items.map { item in responses.map { mechanism.permanentLikelihood(of: $0, given: item) } }
        instantaneous = responses.map { response in
            reports.map { mechanism.instantaneousLikelihood(of: $0, given: response) }
        }
        joint = (0..<mechanism.cohortCount).map { cohort in
            items.map { item in
                responses.map { mechanism.permanentLikelihood(of: $0, given: item, in: cohort) }
            }
        }
        memos = (0..<mechanism.cohortCount).map { cohort in items.map { mechanism.memo(of: $0, in: cohort) } }
        bitCount = mechanism.stageLikelihoodBitCount
    }

    /// The permanent responses that devices of a cohort can have.
    func responses(in cohort: Int) -> [Int] {
        instantaneous.indices.filter { response in joint[cohort].contains { !$0[response].isZero } }
    }

    /// Which permanent responses a history needs on devices of a cohort.
    func memos(of history: [Int], in cohort: Int) -> [Int] { history.map { memos[cohort][$0] } }

    /// The likelihood of a transcript given a history, over the secret and the fresh noise, as a numerator that all
    /// transcripts of the length share. Reports that share a permanent response are summed over it, and all share a
    /// cohort; given it, of m, a permanent response is m times as likely.
    func likelihood(of transcript: [Int], given history: [Int]) -> WideUnsigned {
        joint.indices.reduce(WideUnsigned.zero) { sum, cohort in
            let (responses, needed) = (responses(in: cohort), memos(of: history, in: cohort))
            let distinct = Set(needed)
            let likelihood = distinct.reduce(WideUnsigned(1)) { product, memo in
                let places = needed.indices.filter { needed[$0] == memo }
                let item = history[places[0]]
                return product
                    * responses.reduce(WideUnsigned.zero) { sum, response in
                        sum
                            + places.reduce(joint[cohort][item][response]) {
                                $0 * instantaneous[response][transcript[$1]]
                            }
                    }
            }
            let given = (1..<distinct.count).reduce(likelihood) { product, _ in
                product * WideUnsigned(UInt64(joint.count))
            }
            return sum + given << ((history.count - distinct.count) * bitCount)
        }
    }
}
