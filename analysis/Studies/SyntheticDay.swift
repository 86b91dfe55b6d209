internal import Foundation

/// A day of heart rates of a made-up population, a value every ten minutes.
///
/// The average falls to 56 beats a minute at four in the morning and rises to 88 twelve hours later, along a cosine. A
/// person's own day is that one stretched by 0.8 to 1.2 around 72, moved by up to an hour either way, raised by a normal
/// number of deviation 8, with normal noise of deviation 2 at each time; all within 40 to 180.
struct SyntheticDay: Sendable {
    static let timeCount = 144
    static let least = 40.0, greatest = 180.0
    static var width: Double { greatest - least }

    /// Each person's values.
    let streams: [[Double]]

    init(people: Int, from noise: inout StudyNoise) {
        streams = (0..<people).map { _ in
            let stretch = 0.8 + 0.4 * noise.uniform(), shift = 12 * noise.uniform() - 6, raise = 8 * noise.normal()
            return (0..<Self.timeCount).map { time in
                let angle = 2 * Double.pi * (Double(time) - 24 - shift) / Double(Self.timeCount)
                let rate = 72 - 16 * stretch * cos(angle) + raise + 2 * noise.normal()
                return min(max(rate, Self.least), Self.greatest)
            }
        }
    }

    /// The average over people at each time.
    var average: [Double] { Self.average(of: streams) }

    static func average(of streams: [[Double]]) -> [Double] {
        var sums = [Double](repeating: 0, count: timeCount)
        for stream in streams {
            for time in 0..<timeCount { sums[time] += stream[time] }
        }
        return sums.map { $0 / Double(streams.count) }
    }

    /// The mean over times of |estimate − truth| / truth.
    static func relativeError(of estimate: [Double], from truth: [Double]) -> Double {
        zip(estimate, truth).reduce(0) { $0 + abs($1.0 - $1.1) / $1.1 } / Double(timeCount)
    }
}

/// What a person's stream is released as.
enum StreamRelease {
    /// Every value with its share of ε.
    static func naive(_ day: SyntheticDay, epsilon: Double, from noise: inout StudyNoise) -> [Double] {
        let scale = SyntheticDay.width * Double(SyntheticDay.timeCount) / epsilon
        return SyntheticDay.average(of: day.streams.map { stream in stream.map { $0 + noise.laplace(scale: scale) } })
    }

    /// The salient values, each with its share of ε, and their true times; between them straight lines.
    static func paper(_ day: SyntheticDay, points: Int, epsilon: Double, from noise: inout StudyNoise) -> [Double] {
        let scale = SyntheticDay.width * Double(points) / epsilon
        return SyntheticDay.average(
            of: day.streams.map { stream in
                let times = salientTimes(of: stream, count: points)
                return interpolated(times, values: times.map { stream[$0] + noise.laplace(scale: scale) })
            })
    }

    /// The ends of a stream and the times where it deviates most from the straight lines between those chosen before: the
    /// greedy method of Douglas and Peucker.
    static func salientTimes(of stream: [Double], count: Int) -> [Int] {
        var times = [0, stream.count - 1]
        while times.count < count {
            let line = interpolated(times, values: times.map { stream[$0] })
            let next = stream.indices.filter { !times.contains($0) }
                .max { abs(stream[$0] - line[$0]) < abs(stream[$1] - line[$1]) }
            guard let next else { break }
            times = (times + [next]).sorted()
        }
        return times
    }

    /// Straight lines between values at rising times, from the first to the last.
    static func interpolated(_ times: [Int], values: [Double]) -> [Double] {
        var line = [values[0]]
        for segment in 1..<times.count {
            let (start, end) = (times[segment - 1], times[segment])
            for time in start + 1...end {
                let fraction = Double(time - start) / Double(end - start)
                line.append(values[segment - 1] + fraction * (values[segment] - values[segment - 1]))
            }
        }
        return line
    }

    /// A time of two streams' releases in paper mode that occurs for one of them alone: seeing it, one is sure which it
    /// was, however small ε is. The streams are flat but for one value each.
    static func tellingTime(points: Int) -> Int? {
        func bump(at place: Int) -> [Double] { (0..<SyntheticDay.timeCount).map { $0 == place ? 90 : 70 } }
        let first = salientTimes(of: bump(at: 50), count: points),
            second = salientTimes(of: bump(at: 90), count: points)
        return first.first { !second.contains($0) }
    }
}
