internal import CAnchors
internal import Estimation
internal import Foundation

/// The transform of integers that the Hadamard oracles and projective geometry decode by.
struct HadamardRow: Row {
    let name = "8a"
    let operation = "Walsh–Hadamard transform of 2^20 Int32"
    let anchor = "the same of Float in C, radix 8, AVX2"
    let goal = Goal.cost(atMost: 1.4)
    let unit = "transform"

    func prepare() throws -> Comparison {
        let (bitCount, units) = (20, 20), count = 1 << bitCount
        // Sums of numbers so small are exact as Float too.
        var values = (0..<count).map { Int32($0 % 11 - 5) }
        var floats = values.map(Float.init)
        WalshHadamard.transform(&values)
        guard dither_anchor_hadamard(&floats, UInt32(bitCount)) == 1 else {
            throw Skipped(reason: "the processor has no AVX2")
        }
        guard floats == values.map(Float.init) else {
            throw DifferentResults(description: "the transforms of integers and of Float differ")
        }
        // Zeros stay zeros, however often.
        values = [Int32](repeating: 0, count: count)
        floats = [Float](repeating: 0, count: count)
        return Comparison(
            ours: .timed(units: units) { for _ in 0..<units { WalshHadamard.transform(&values) } },
            anchor: .timed(units: units) {
                for _ in 0..<units { _ = dither_anchor_hadamard(&floats, UInt32(bitCount)) }
            })
    }
}

struct LongHadamardRow: Row {
    let name = "8b"
    let operation = "Walsh–Hadamard transform of 2^24 Int32, on all cores"
    let anchor = "memcpy of them"
    let goal = Goal.cost(atMost: 4.5)
    let unit = "transform"

    func prepare() throws -> Comparison {
        var values = [Int32](repeating: 0, count: 1 << 24)
        return Comparison(
            ours: .timed(units: 4) { for _ in 0..<4 { WalshHadamard.transform(&values) } },
            anchor: copying(byteCount: 4 << 24, times: 4))
    }
}

/// memcpy of so many bytes between two buffers that are there already.
func copying(byteCount: Int, times: Int) -> Work {
    let source = [UInt8](repeating: 1, count: byteCount)
    var target = [UInt8](repeating: 0, count: byteCount)
    return .timed(units: times) {
        for _ in 0..<times {
            target.withUnsafeMutableBytes { target in
                source.withUnsafeBytes { target.copyMemory(from: $0) }
            }
            keep(target[0])
        }
    }
}
