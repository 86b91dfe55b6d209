import LocalPrivacy
import Mechanisms
import Testing

@testable import Studies

@Suite("Releases of a stream")
struct StreamReleaseTests {
    @Test("salient times are the ends and the largest deviations from the lines between them")
    func salientTimes() {
        var stream = [Double](repeating: 0, count: 11)
        stream[4] = 5
        #expect(StreamRelease.salientTimes(of: stream, count: 3) == [0, 4, 10])
        #expect(StreamRelease.salientTimes(of: stream, count: 2) == [0, 10])
        #expect(StreamRelease.salientTimes(of: stream, count: 100) == Array(0...10))
    }

    @Test("lines pass through their points, and between them at the weighted mean")
    func interpolation() {
        #expect(StreamRelease.interpolated([0, 2, 6], values: [1, 5, 1]) == [1, 3, 5, 4, 3, 2, 1])
    }

    @Test("a time in paper mode is released for one stream and never for another: no ε bounds the ratio")
    func leak() throws {
        for points in [3, 6, 10] {
            let time = try #require(StreamRelease.tellingTime(points: points))
            func bump(at place: Int) -> [Double] { (0..<SyntheticDay.timeCount).map { $0 == place ? 90 : 70 } }
            #expect(StreamRelease.salientTimes(of: bump(at: 50), count: points).contains(time))
            #expect(!StreamRelease.salientTimes(of: bump(at: 90), count: points).contains(time))
        }
    }

    @Test("in strict mode a report's time says nothing of the stream, and the noise none of the time")
    func strict() throws {
        // Equal noise draws equal times whatever the streams are.
        let oracle = try OneBitMean.study(thousandths: 16_000)
        var noise = StudyNoise(seed: 0x5eed_0540)
        let day = SyntheticDay(people: 3000, from: &noise)
        let released = try StreamStudies.oneTimeEach(day, by: oracle, window: 1, from: &noise)
        // Nearly without privacy what is left is the rounding of some twenty people a time to a bit each.
        #expect(released.count == SyntheticDay.timeCount)
        #expect(SyntheticDay.relativeError(of: released, from: day.average) < 0.2)
    }

    @Test("the synthetic day falls to 56 and rises to 88, within its range")
    func day() {
        var noise = StudyNoise(seed: 0x5eed_0541)
        let day = SyntheticDay(people: 1000, from: &noise), average = day.average
        #expect(abs((average.min() ?? 0) - 56) < 2 && abs((average.max() ?? 0) - 88) < 2)
        #expect(day.streams.allSatisfy { $0.allSatisfy { (40...180).contains($0) } })
        #expect(SyntheticDay.relativeError(of: average, from: average) == 0)
    }
}
