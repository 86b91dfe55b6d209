internal import BigInt
public import Mechanisms
public import SecureRandomness

extension MechanismLaws {
    /// How a device makes its permanent noise from its secret, a metric and the hash of the metric's definition.
    public typealias NoiseMaker = @Sendable (SecretKey, UInt32, [UInt8]) throws -> PermanentNoise

    /// How an agent makes it.
    public static let agentNoise: NoiseMaker = { secret, metric, definitionHash in
        try PermanentNoise(secret: secret, metric: metric, definitionHash: definitionHash)
    }

    /// ``MechanismLaw/permanentResponsesAreKept`` exactly, and ``MechanismLaw/permanentResponsesAreIndependent`` by
    /// Chernoff–KL over the joint responses of many devices.
    ///
    /// With two items, a dependence that moves a joint probability of 0.1 by 0.06 is found.
    public static func memoBreaches<M: ExactlyAuditableLongitudinal>(
        of mechanism: M, noise makeNoise: NoiseMaker = agentNoise, deviceCount: Int = 2000
    ) throws -> [LawBreach] {
        var noise = SeededNoise(seed: 0x5eed_0103), isKept = true
        let (definition, other) = (noise.bytes(count: 32), noise.bytes(count: 32))
        let base = Context(metric: 1, definition: definition, item: 0)
        let others = [
            ("another metric", Context(metric: 2, definition: definition, item: 0)),
            ("another definition", Context(metric: 1, definition: other, item: 0)),
            ("another item", Context(metric: 1, definition: definition, item: 1)),
        ]
        let joint = Joint(of: mechanism), inputs = mechanism.auditedInputs
        var counts = others.map { _ in joint.noCounts }
        for _ in 0..<deviceCount {
            let secret = noise.secret()
            func response(_ context: Context) throws -> M.Value {
                let device = DeviceContext(
                    permanentNoise: try makeNoise(secret, context.metric, context.definition))
                return try mechanism.input(from: inputs[context.item], on: device)
            }
            let first = try response(base)
            if try response(base) != first { isKept = false }
            for (place, (_, context)) in others.enumerated() {
                counts[place][joint.cell(first, try response(context))] += 1
            }
        }
        let test = BinomialTest(comparisons: others.count * joint.noCounts.count)
        var breaches = isKept ? [] : [LawBreach(.permanentResponsesAreKept, "a second answer is another")]
        for (place, (name, context)) in others.enumerated() {
            // One metric's noise draws one cohort for all items; another's draws its own.
            let sharesCohort = context.metric == base.metric && context.definition == base.definition
            let probabilities = joint.probabilities(base.item, context.item, sharesCohort: sharesCohort)
            if let breach = test.worstBreach(counts: counts[place], probabilities: probabilities) {
                breaches.append(LawBreach(.permanentResponsesAreIndependent, "\(name), \(breach)"))
            }
        }
        return breaches
    }

    private struct Context {
        var metric: UInt32, definition: [UInt8], item: Int
    }

    /// The cells of two permanent responses and how likely each is if they are independent.
    private struct Joint<M: ExactlyAuditableLongitudinal> {
        let places: [M.Value: Int]
        let marginals: [[Double]]
        let stages: StageTables
        let whole: Double

        init(of mechanism: M) {
            let responses = mechanism.allPermanentResponses
            places = Dictionary(uniqueKeysWithValues: responses.enumerated().map { ($0.element, $0.offset) })
            let (stages, whole) = (StageTables(of: mechanism), Double(BigUInt(1) << mechanism.stageLikelihoodBitCount))
            marginals = stages.permanent.map { row in row.map { Double($0) / whole } }
            (self.stages, self.whole) = (stages, whole)
        }

        var noCounts: [Int] { [Int](repeating: 0, count: places.count * places.count) }

        func cell(_ first: M.Value, _ second: M.Value) -> Int {
            guard let row = places[first], let column = places[second] else {
                preconditionFailure("a permanent response is one of them all")
            }
            return row * places.count + column
        }

        /// Independent; or if the items share a cohort, independent given it, or the same where they share a memo.
        func probabilities(_ first: Int, _ second: Int, sharesCohort: Bool) -> [Double] {
            marginals[first].indices.flatMap { row in
                marginals[second].indices.map { column in
                    guard sharesCohort else { return marginals[first][row] * marginals[second][column] }
                    return stages.joint.indices.reduce(0) { sum, cohort in
                        let own = Double(stages.joint[cohort][first][row]) / whole
                        guard stages.memos[cohort][first] != stages.memos[cohort][second] else {
                            return sum + (row == column ? own : 0)
                        }
                        let other = Double(stages.joint[cohort][second][column]) / whole
                        return sum + own * other * Double(stages.joint.count)
                    }
                }
            }
        }
    }
}
