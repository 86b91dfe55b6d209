public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// LOLOHA: a fresh response to a memoized response to the hash of a value, for attributes that change, of which a device
/// then keeps no more than g responses.
///
/// - Releases the seed of the device's hash function, drawn once, and one of g answers: a fresh response (IRR) to the
///   device's permanent response (PRR) to the hash of its value. "No event" is hashed like a value.
/// - ε: the four claims of <doc:MemoizedRandomizedResponse> with hash values in the place of values, for devices of one
///   seed, which is drawn without regard to any value and known to all. ``loss`` bounds one report, ``permanentLoss`` any
///   number of reports about one value, d ≤ g times that two histories of d distinct hash values that repeat hash values at
///   the same reports, and ``instantaneousLoss`` times s any two histories that differ at s reports. Those that rest on the
///   permanent response hold against bounded adversaries.
/// - Estimator: a report supports every value with its answer's hash; with p* for the own value and q* = 1/g for another,
///   f̂ = (C/n − q*) / (p* − q*) from C of n reports; n·Var = [f·p*(1 − p*) + (1 − f)·q*(1 − q*)] / (p* − q*)².
/// - Source: [APPG23] §3, with thresholds in integers and hash functions of which any two values meet in exactly 1/g.
///   Derivation: <doc:Loloha>.
public struct Loloha: LongitudinalRandomizer {
    public static let identifier = "loloha"

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let permanentEpsilon: Epsilon
    public let loss: PrivacyLoss
    public let permanentLoss: PrivacyLoss
    public let instantaneousLoss: PrivacyLoss

    /// The integers of both stages, over the g hash values.
    public let stages: TwoStageResponse<UInt64>

    /// The hash functions.
    public let hash: BinaryFieldHash

    public init(configuration: Configuration) throws(ParameterError) {
        epsilon = try Epsilon(thousandths: configuration.epsilonThousandths)
        permanentEpsilon = try Epsilon(thousandths: configuration.permanentEpsilonThousandths)
        guard epsilon < permanentEpsilon else {
            throw .epsilonNotBelowPermanent(epsilon: epsilon, permanent: permanentEpsilon)
        }
        let (items, range) = (Configuration.itemCounts, configuration.hashRange)
        guard items.contains(configuration.itemCount) else {
            throw .categoryCountOutOfRange(count: configuration.itemCount, allowed: items)
        }
        let ranges = Configuration.hashRanges(itemCount: configuration.itemCount)
        guard ranges.contains(range) else {
            throw .countOutOfRange(name: "hash_range", count: range, allowed: ranges)
        }
        guard range.nonzeroBitCount == 1 else { throw .notAPowerOfTwo(name: "hash_range", count: range) }
        stages = TwoStageResponse(
            permanent: try ResponseRule(categoryCount: range, lieThreshold: configuration.permanentLieThreshold),
            instantaneous: try ResponseRule(categoryCount: range, lieThreshold: configuration.instantaneousLieThreshold)
        )
        loss = try stages.loss()
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
        permanentLoss = try stages.permanent.loss()
        guard permanentLoss <= PrivacyLoss(permanentEpsilon) else {
            throw .lossAboveEpsilon(loss: permanentLoss, epsilon: permanentEpsilon)
        }
        instantaneousLoss = try stages.instantaneous.loss()
        hash = BinaryFieldHash(
            degree: BinaryFieldHash.degree(for: configuration.itemCount), answerBitCount: range.trailingZeroBitCount)
        self.configuration = configuration
    }

    public var shape: PartitionedCategoryReport.Shape {
        PartitionedCategoryReport.Shape(partitionCount: hash.seedCount, categoryCount: configuration.hashRange)
    }

    public var permanentShape: PartitionedCategoryReport.Shape { shape }

    public var partitionByteCount: Int { shape.partitionByteCount }

    public var noiseWordCount: Int { 2 }

    /// g: values of one hash share a response.
    public var distinctResponseLimit: Int { configuration.hashRange }

    public var memoizedUnit: String { "hash value" }

    /// The index of an input among the items that are hashed, "no event" being the last where it is reported.
    func item(of input: MechanismInput) throws(InputError) -> Int {
        try configuration.item(of: input, among: configuration.itemCount)
    }

    /// The device's permanent response, under its seed.
    public func input(
        from input: MechanismInput, on device: DeviceContext
    ) throws(InputError) -> PartitionedCategoryReport {
        let (seed, answer, noise) = try hashed(input, on: device)
        let words: NoiseWords
        do {
            words = try noise.words(for: CanonicalValue(number: UInt32(answer)), wordCount: 2)
        } catch { throw .noRandomness(error) }
        return PartitionedCategoryReport(
            partition: seed,
            category: Int(stages.permanent.respond(to: UInt64(answer), lieWord: words[0], otherWord: words[1])))
    }

    /// The hash of the input under the device's seed, so that the ledger counts hash values.
    public func canonicalBytes(of input: MechanismInput, on device: DeviceContext) throws(InputError) -> [UInt8] {
        CanonicalValue(number: UInt32(try hashed(input, on: device).answer)).bytes
    }

    private func hashed(
        _ input: MechanismInput, on device: DeviceContext
    ) throws(InputError) -> (seed: Int, answer: Int, noise: PermanentNoise) {
        let item = try item(of: input)
        guard let noise = device.permanentNoise else { throw .permanentNoiseMissing }
        let seed = noise.cohort(among: hash.seedCount)
        return (seed, hash.answer(to: item, seed: seed), noise)
    }

    @inlinable
    public func randomize<Source: NoiseSource & ~Copyable>(
        _ permanent: PartitionedCategoryReport, using source: inout Source
    ) -> PartitionedCategoryReport {
        let (lieWord, otherWord) = (source.next(), source.next())
        let answer = stages.instantaneous.respond(
            to: UInt64(permanent.category), lieWord: lieWord, otherWord: otherWord)
        return PartitionedCategoryReport(partition: permanent.partition, category: Int(answer))
    }
}
