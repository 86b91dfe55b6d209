internal import Foundation
public import SecureRandomness

/// Reproducible noise for studies: xoshiro256** [BV21], its state filled by SplitMix64 [SLF14].
///
/// Equal seeds give equal studies on every machine. Nothing on a device can reach this: devices draw from the kernel.
public struct StudyNoise: NoiseSource, RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// The sequence of this seed.
    public init(seed: UInt64) {
        var position = seed
        func word() -> UInt64 {
            position &+= 0x9E37_79B9_7F4A_7C15
            var mixed = position
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
        state = (word(), word(), word(), word())
    }

    /// The sequence of a run of a study: its seed is the 64-bit FNV-1a hash of the name, xor the run's number.
    public init(study: String, run: Int) {
        let hash = study.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        self.init(seed: hash ^ UInt64(truncatingIfNeeded: run))
    }

    public mutating func next() -> UInt64 {
        let product = state.1 &* 5
        let result = (product << 7 | product >> 57) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = state.3 << 45 | state.3 >> 19
        return result
    }
}

extension StudyNoise {
    /// A uniform number above 0 and below 1, one of 2⁵³.
    mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    /// A number from the standard normal distribution, by the method of Box and Muller.
    mutating func normal() -> Double {
        (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform())
    }

    /// A number from Laplace's distribution: density e^(−|x| / scale) / (2·scale).
    mutating func laplace(scale: Double) -> Double { scale * (log(uniform()) - log(uniform())) }

    /// An integer x with probability proportional to e^(−|x|·rate): the difference of two geometric ones.
    mutating func twoSidedGeometric(rate: Double) -> Int {
        Int((-log(uniform()) / rate).rounded(.down)) - Int((-log(uniform()) / rate).rounded(.down))
    }
}
