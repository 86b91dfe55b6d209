internal import BigInt
public import Mechanisms

extension MechanismLaws {
    /// Claims 2 to 4 of a memoized mechanism over every pair of histories and every transcript: of three reports up to
    /// three items, of two up to seven, of one beyond; fewer where there are more than 10,000 transcripts of them.
    public static func transcriptBreaches<M: ExactlyAuditableLongitudinal>(of mechanism: M) -> [LawBreach] {
        let itemCount = mechanism.auditedInputs.count
        var longest = itemCount <= 3 ? 3 : itemCount <= 7 ? 2 : 1
        func count(_ length: Int) -> Int {
            (0..<length).reduce(1) { product, _ in product * itemCount * mechanism.allReports.count }
        }
        while longest > 1, count(longest) > 10_000 { longest -= 1 }
        return (1...longest).flatMap { transcriptBreaches(of: mechanism, length: $0) }
    }

    private static func transcriptBreaches<M: ExactlyAuditableLongitudinal>(
        of mechanism: M, length: Int
    ) -> [LawBreach] {
        let stages = StageTables(of: mechanism)
        let histories = words(over: mechanism.auditedInputs.count, length: length)
        let transcripts = words(over: mechanism.allReports.count, length: length)
        let byCohort = histories.map { history in transcripts.map { stages.likelihoods(of: $0, given: history) } }
        let table = byCohort.map { row in row.map { $0.reduce(0, +) } }
        let declared = ExactExponential(mechanism.permanentEpsilon)
        let permanent = (0...length).map { ExactExponential(mechanism.permanentLoss, times: $0) }
        let instantaneous = (0...length).map { ExactExponential(mechanism.instantaneousLoss, times: $0) }
        var breaches: [LawBreach] = []
        for (row, history) in histories.enumerated() {
            // The ratio is the larger one, either way round.
            for (otherRow, other) in histories.enumerated() where row < otherRow {
                let worst = WorstRatio(of: [table[row], table[otherRow]])
                func check(_ law: MechanismLaw, _ bound: ExactExponential, _ ratio: WorstRatio) {
                    if !bound.surelyCovers(ratio.likely, over: ratio.unlikely) {
                        breaches.append(
                            LawBreach(law, "\(history) and \(other), transcript \(transcripts[ratio.report])"))
                    }
                }
                if Set(history).count == 1, Set(other).count == 1 {
                    check(.constantHistoriesWithinPermanentEpsilon, declared, worst)
                    check(.constantHistoriesWithinPermanentEpsilon, permanent[1], worst)
                }
                for cohort in stages.memos.indices {
                    let memos = stages.memos(of: history, in: cohort)
                    guard repeatPattern(of: memos) == repeatPattern(of: stages.memos(of: other, in: cohort)) else {
                        continue
                    }
                    let ratio = WorstRatio(of: [
                        byCohort[row].map { $0[cohort] }, byCohort[otherRow].map { $0[cohort] },
                    ])
                    check(.renamedHistoriesWithinDistinctValues, permanent[Set(memos).count], ratio)
                }
                let differing = zip(history, other).count { $0 != $1 }
                check(.differingHistoriesWithinInstantaneousLoss, instantaneous[differing], worst)
            }
        }
        return breaches
    }

    /// For each report, the first one about the same value: equal for two histories if one is the other renamed.
    static func repeatPattern(of history: [Int]) -> [Int?] { history.map { history.firstIndex(of: $0) } }

    /// Every word of a length over the letters 0..<letterCount.
    static func words(over letterCount: Int, length: Int) -> [[Int]] {
        (0..<length).reduce([[]]) { words, _ in words.flatMap { word in (0..<letterCount).map { word + [$0] } } }
    }

    /// Whether one transcript is likelier under a history than under another by more than a factor, beyond doubt; for
    /// the pairs that no claim covers.
    public static func likelihoodRatio<M: ExactlyAuditableLongitudinal>(
        of transcript: [Int], given history: [Int], over other: [Int], by mechanism: M,
        surelyExceeds bound: ExactExponential
    ) -> Bool {
        let stages = StageTables(of: mechanism)
        return bound.surelyMisses(
            stages.likelihood(of: transcript, given: history), over: stages.likelihood(of: transcript, given: other))
    }
}
