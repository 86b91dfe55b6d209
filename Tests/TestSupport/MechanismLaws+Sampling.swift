internal import BigInt
public import Mechanisms

extension MechanismLaws {
    /// ``MechanismLaw/samplesFollowLikelihoods`` by Chernoff–KL and ``MechanismLaw/announcedWordsAreDrawn`` exactly,
    /// with the device's secret drawn anew for every sample.
    ///
    /// With 3,000 samples of each of four items, a report of probability 0.01 that never occurs is found, and one of
    /// probability 0.5 that is off by 0.07.
    public static func samplingBreaches<M: ExactlyAuditable>(
        of mechanism: M, samplesPerItem: Int
    ) throws -> [LawBreach] {
        let reports = mechanism.allReports
        let places = Dictionary(uniqueKeysWithValues: reports.enumerated().map { ($0.element, $0.offset) })
        let whole = Double(BigUInt(1) << mechanism.likelihoodBitCount)
        let inputs = mechanism.auditedInputs, itemCount = inputs.count
        let test = BinomialTest(comparisons: itemCount * reports.count)
        var noise = SeededNoise(seed: 0x5eed_0100), breaches: [LawBreach] = []
        for item in 0..<itemCount {
            let input = inputs[item]
            var counts = [Int](repeating: 0, count: reports.count), wrongWordCounts: Set<Int> = []
            for _ in 0..<samplesPerItem {
                let value = try mechanism.input(from: input, on: try device(for: mechanism, from: &noise))
                let before = noise.drawnWordCount
                let report = mechanism.randomize(value, using: &noise)
                let drawn = noise.drawnWordCount - before
                if drawn != mechanism.noiseWordCount { wrongWordCounts.insert(drawn) }
                guard let place = places[report] else {
                    return breaches + [LawBreach(.samplesFollowLikelihoods, "a report of item \(item) is not one")]
                }
                counts[place] += 1
            }
            if !wrongWordCounts.isEmpty {
                breaches.append(LawBreach(.announcedWordsAreDrawn, "item \(item) draws \(wrongWordCounts)"))
            }
            let probabilities = reports.map {
                Double(BigUInt(wide: mechanism.likelihood(of: $0, given: item))) / whole
            }
            if let breach = test.worstBreach(counts: counts, probabilities: probabilities) {
                breaches.append(LawBreach(.samplesFollowLikelihoods, "item \(item), \(breach)"))
            }
        }
        return breaches
    }

    /// ``MechanismLaw/reportsAreFresh`` by Chernoff–KL, for the first and the last permanent response.
    ///
    /// With 500 reports of each, one that is likelier or rarer than 0.5 by 0.17 is found.
    public static func freshBreaches<M: ExactlyAuditableLongitudinal>(of mechanism: M) -> [LawBreach] {
        let reports = mechanism.allReports, responses = mechanism.allPermanentResponses
        let places = Dictionary(uniqueKeysWithValues: reports.enumerated().map { ($0.element, $0.offset) })
        let whole = Double(BigUInt(1) << mechanism.stageLikelihoodBitCount)
        let test = BinomialTest(comparisons: 2 * reports.count)
        var noise = SeededNoise(seed: 0x5eed_0104)
        return [0, responses.count - 1].compactMap { place in
            var counts = [Int](repeating: 0, count: reports.count)
            for _ in 0..<500 {
                guard let report = places[mechanism.randomize(responses[place], using: &noise)] else {
                    return LawBreach(.reportsAreFresh, "a report about response \(place) is not one")
                }
                counts[report] += 1
            }
            let probabilities = reports.map {
                Double(BigUInt(wide: mechanism.instantaneousLikelihood(of: $0, given: responses[place]))) / whole
            }
            return test.worstBreach(counts: counts, probabilities: probabilities).map {
                LawBreach(.reportsAreFresh, "response \(place), \($0)")
            }
        }
    }
}
