import Estimation
import ReportFormat
import TestSupport

extension SupportCounts {
    /// So many reports of each output, doubled and added, so that a million take no time.
    init(of definition: Fingerprint, counts: [Int]) throws {
        self.init(of: definition, valueCount: counts.count)
        for bit in (0..<Int.bitWidth - (counts.max() ?? 0).leadingZeroBitCount).reversed() {
            if reportCount > 0 { try merge(self) }
            for (output, count) in counts.enumerated() where count >> bit & 1 == 1 { self.count(supporting: output) }
        }
    }
}

/// The probability of every vector of output counts, of devices with these probabilities of few outputs.
struct ExactCounts {
    private var probabilities: [[Int]: Double]

    init(_ devices: [[Double]]) {
        probabilities = [devices[0].map { _ in 0 }: 1]
        for device in devices {
            var next: [[Int]: Double] = [:]
            for (counts, probability) in probabilities {
                for output in device.indices where device[output] > 0 {
                    var counts = counts
                    counts[output] += 1
                    next[counts, default: 0] += probability * device[output]
                }
            }
            probabilities = next
        }
    }

    /// The probability that counts have a property.
    func probability(_ property: ([Int]) throws -> Bool) rethrows -> Double {
        try probabilities.reduce(0) { try $0 + (property($1.key) ? $1.value : 0) }
    }

    /// All counts with their probabilities.
    func forEach(_ visit: (_ counts: [Int], _ probability: Double) throws -> Void) rethrows {
        for (counts, probability) in probabilities { try visit(counts, probability) }
    }
}

/// Draws counts of outputs of groups of devices.
struct OutputSampler {
    private let cumulative: [[Double]]
    private var noise: SeededNoise

    init(_ groups: [[Double]], seed: UInt64) {
        cumulative = groups.map { group in
            var sum = 0.0
            return group.map { share in
                sum += share
                return sum
            }
        }
        noise = SeededNoise(seed: seed)
    }

    mutating func counts(devicesOfEach count: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: cumulative[0].count)
        for group in cumulative {
            for _ in 0..<count {
                let uniform = Double(noise.next() >> 11) * 0x1p-53
                var (low, high) = (0, group.count - 1)
                while low < high {
                    let middle = (low + high) / 2
                    if uniform < group[middle] { high = middle } else { low = middle + 1 }
                }
                counts[low] += 1
            }
        }
        return counts
    }
}
