import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness

/// The count mean sketch with one planted fault in what a device samples.
struct FaultySketch: LocalRandomizer {
    enum Fault {
        case epsilonForEachOfTwoBits
        case rowsOfTheLowerHalfThriceAsLikely
        case rowByTheValue
    }

    static let identifier = "faulty_count_mean_sketch"
    let sound: CountMeanSketch
    let fault: Fault?
    private let flip: LaneThreshold

    init(configuration: CountMeanSketch.Configuration) throws(ParameterError) {
        try self.init(try CountMeanSketch(configuration: configuration), nil)
    }

    init(_ sound: CountMeanSketch, _ fault: Fault?) throws(ParameterError) {
        (self.sound, self.fault) = (sound, fault)
        let isLoud = fault == .epsilonForEachOfTwoBits
        flip = try LaneThreshold(
            exactly: CountMeanSketch.smallestFlipThreshold(
                epsilon: try Epsilon(thousandths: sound.epsilon.thousandths * (isLoud ? 2 : 1))))
    }

    var configuration: CountMeanSketch.Configuration { sound.configuration }
    var epsilon: Epsilon { sound.epsilon }
    var loss: PrivacyLoss { sound.loss }
    var shape: BitVectorReport.Shape { sound.shape }
    var noiseWordCount: Int { 1 + flip.noiseWordCount(for: shape.wordCount) }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> SketchKey {
        try sound.input(from: input, on: device)
    }

    func randomize<Source: NoiseSource & ~Copyable>(
        _ value: SketchKey, using source: inout Source
    ) -> BitVectorReport {
        let word = source.next(), count = UInt64(shape.partitionCount)
        var row = Int(word & (count - 1))
        if fault == .rowsOfTheLowerHalfThriceAsLikely, word >> 63 == 0 { row /= 2 }
        if fault == .rowByTheValue, word >> 62 == 0 { row = Int(value.word & (count - 1)) }
        var words = flip.draw(wordCount: shape.wordCount, using: &source)
        let place = sound.row(row).place(of: value)
        words[place / 64] ^= 1 << UInt64(place % 64)
        words[words.count - 1] &= shape.lastWordMask
        return BitVectorReport(partition: row, words: words)
    }
}

/// Local hashing over few values: a seed, and a randomized response to the value's hash under it. The planted fault
/// draws the seed with an eye on the value.
struct LocalHashing: LocalRandomizer {
    static let identifier = "faulty_local_hashing"
    let sound: RandomizedResponse
    let seedFollowsValue: Bool

    init(configuration: RandomizedResponse.Configuration) throws(ParameterError) {
        self.init(try RandomizedResponse(configuration: configuration), seedFollowsValue: false)
    }

    init(_ sound: RandomizedResponse, seedFollowsValue: Bool) {
        (self.sound, self.seedFollowsValue) = (sound, seedFollowsValue)
    }

    var configuration: RandomizedResponse.Configuration { sound.configuration }
    var epsilon: Epsilon { sound.epsilon }
    var loss: PrivacyLoss { sound.loss }
    /// A seed in the higher byte, a bit in the lower.
    var shape: Int { 1 << 16 }
    var noiseWordCount: Int { 3 }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Int {
        try sound.input(from: input, on: device)
    }

    func randomize<Source: NoiseSource & ~Copyable>(_ value: Int, using source: inout Source) -> CategoryReport {
        var seed = Int(source.next() & 0xFF)
        if seedFollowsValue { seed = seed & ~3 | (seed & value & 3) }
        let hash = ((value * 2 + 1) * (seed * 2 + 1) >> 3) & 1
        return CategoryReport(category: seed << 8 | sound.randomize(hash, using: &source).category)
    }
}

/// A day's stream of which one point is sent: its time, and a bit about it that is randomized with the whole ε.
///
/// Item 0 is the quiet stream, any other has a peak at its own time. A time that is drawn without regard to the stream
/// leaks nothing; the salient one, which a reader of the curve would want, is the stream's secret itself.
struct StreamPoint: LocalRandomizer {
    static let identifier = "faulty_stream"
    let sound: RandomizedResponse
    let sendsSalientTime: Bool

    init(configuration: RandomizedResponse.Configuration) throws(ParameterError) {
        self.init(try RandomizedResponse(configuration: configuration), sendsSalientTime: false)
    }

    init(_ sound: RandomizedResponse, sendsSalientTime: Bool) {
        (self.sound, self.sendsSalientTime) = (sound, sendsSalientTime)
    }

    static let timeCount = 8
    var configuration: RandomizedResponse.Configuration { sound.configuration }
    var epsilon: Epsilon { sound.epsilon }
    var loss: PrivacyLoss { sound.loss }
    var shape: Int { 2 * Self.timeCount }
    var noiseWordCount: Int { 3 }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Int {
        try sound.input(from: input, on: device)
    }

    func randomize<Source: NoiseSource & ~Copyable>(_ value: Int, using source: inout Source) -> CategoryReport {
        let drawn = Int(source.next() & UInt64(Self.timeCount - 1))
        let time = sendsSalientTime ? value : drawn
        let isPeak = value > 0 && time == value ? 1 : 0
        return CategoryReport(category: 2 * time + sound.randomize(isPeak, using: &source).category)
    }
}
