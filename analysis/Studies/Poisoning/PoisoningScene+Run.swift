public import Estimation
internal import Mechanisms
internal import ReportFormat
internal import SecureRandomness

extension PoisoningScene {
    /// One run: devices report, some of them falsely, and the screen looks at what they sent.
    ///
    /// - Throws: ``InputError`` where libcrypto lacks an algorithm, and ``ReportError``, which no report causes.
    public func outcome(
        deviceCount: Int, falseCount: Int, run: Int
    ) throws -> (screen: ScreenOutcome?, gain: Double?) {
        try outcome(of: mechanism, deviceCount: deviceCount, falseCount: falseCount, run: run)
    }

    private func outcome<Oracle: ReportCounter>(
        of oracle: Oracle, deviceCount: Int, falseCount: Int, run: Int
    ) throws -> (screen: ScreenOutcome?, gain: Double?) {
        var noise = StudyNoise(
            study: "poisoning/\(title)/\(epsilonThousandths)/\(attack)/\(falseCount)/\(deviceCount)", run: run)
        let values = values
        var targets: [Int] = []
        while targets.count < Self.targetCount {
            let target = noise.index(below: Self.valueCount)
            if !targets.contains(target) { targets.append(target) }
        }
        var blobs: [Int: [UInt8]] = [:]
        let zipf = (1...Self.valueCount).map { 1 / Double($0) }
        for (value, count) in zip(values, noise.multinomial(deviceCount - falseCount, weights: zipf)) {
            try addReports(of: oracle, about: value, count: count, to: &blobs, noise: &noise)
        }
        if falseCount > 0 {
            let crafted = CraftedReports(
                oracle, targets: targets.map { values[$0] }, matchesWeights: attack == .weightMatched)
            for _ in 0..<falseCount { crafted.add(to: &blobs, noise: &noise) }
        }
        var screen = ReportScreen(oracle, definition: .study, reportCount: deviceCount)
        var pool = PooledReports.ofOnePeriod(oracle.makeAggregate(of: .study))
        for (partition, payloads) in blobs.sorted(by: { $0.key < $1.key }) {
            try pool.count(on: .first) { (aggregate) throws(ReportError) in
                try oracle.tally(payloads.span, partition: partition, into: &aggregate)
            }
            screen.count(payloads.span, on: .first)
        }
        screen.count(pool.aggregate, on: .first)
        // Filters are not looked at in pairs, and decoding them takes long.
        guard oracle.supportsPairs || oracle is any PureFrequencyOracle else { return (screen.outcome(), nil) }
        let counts = try Self.counts(from: pool, by: oracle, of: values)
        let held = zipf.map { $0 / zipf.reduce(0, +) * Double(deviceCount) }
        let gain = targets.reduce(0) { $0 + counts[$1] - held[$1] } / Double(deviceCount)
        return (screen.outcome(values: values, counts: counts), gain)
    }

    private static func counts<Oracle: ReportCounter>(
        from pool: PooledReports<Oracle.Aggregate>, by oracle: Oracle, of values: [MechanismInput]
    ) throws -> [Double] {
        func counts<Counter: FrequencyOracle>(by counter: Counter) throws -> [Double] {
            guard let pool = pool as? PooledReports<Counter.Aggregate> else {
                preconditionFailure("an oracle counts what it estimates from")
            }
            return try counter.estimates(of: values, from: pool, confidence: .standard) { _, _ in }.map(\.count)
        }
        guard let counter = oracle as? any FrequencyOracle else { preconditionFailure("a scene is about values") }
        return try counts(by: counter)
    }

    private func addReports<Oracle: ReportCounter>(
        of oracle: Oracle, about value: MechanismInput, count: Int, to blobs: inout [Int: [UInt8]],
        noise: inout StudyNoise
    ) throws {
        if let filters = oracle as? any BitVectorRandomizer {
            return try addVectors(of: filters, about: value, count: count, to: &blobs, noise: &noise)
        }
        let isMemoized = oracle is any LongitudinalRandomizer
        let shared = isMemoized ? nil : try oracle.input(from: value, on: DeviceContext(permanentNoise: nil))
        for _ in 0..<count {
            let own = try shared ?? oracle.input(from: value, on: AccuracyCell.device(using: &noise))
            blobs.append(oracle.randomize(own, using: &noise).encoded(shape: oracle.shape), of: oracle)
        }
    }

    /// With permanent noise drawn as such: deriving it from secrets would take most of the time.
    private func addVectors<Oracle: BitVectorRandomizer>(
        of oracle: Oracle, about value: MechanismInput, count: Int, to blobs: inout [Int: [UInt8]],
        noise: inout StudyNoise
    ) throws {
        let bits = try (0..<oracle.cohortCount).map { try oracle.valueBits(of: value, cohort: $0) }
        for _ in 0..<count {
            let cohort = noise.index(below: oracle.cohortCount)
            let words = (0..<oracle.response.permanentWordCount).map { _ in noise.next() }
            let permanent = BitVectorReport(
                partition: cohort, words: oracle.permanentWords(of: bits[cohort], noise: words.span))
            blobs.append(oracle.randomize(permanent, using: &noise).encoded(shape: oracle.shape), of: oracle)
        }
    }
}

extension [Int: [UInt8]] {
    /// Adds a payload to those of its partition, without the bytes that name it.
    mutating func append(_ payload: [UInt8], of mechanism: any LocalRandomizer) {
        let start = mechanism.partitionByteCount
        let partition = payload.prefix(start).reversed().reduce(0) { $0 << 8 | Int($1) }
        self[partition, default: []].append(contentsOf: payload.dropFirst(start))
    }
}
