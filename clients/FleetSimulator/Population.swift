public import Mechanisms
public import SecureRandomness

/// What the devices of a simulation hold: so many of each value, or with no event at all.
public struct Population: Sendable {
    /// Devices that hold the same.
    public struct Group: Sendable {
        /// The value; without one, nothing ever happens on these devices.
        public var input: MechanismInput?
        /// How many devices there are.
        public var deviceCount: Int
        /// Whether the end of a range stands for a number outside it.
        public var isClipped: Bool

        /// Devices that hold `input`.
        public init(input: MechanismInput?, deviceCount: Int, isClipped: Bool = false) {
            (self.input, self.deviceCount, self.isClipped) = (input, deviceCount, isClipped)
        }
    }

    /// The groups, in the order given.
    public private(set) var groups: [Group]

    /// All devices of these groups, as they stand.
    public init(groups: [Group]) { self.groups = groups }

    /// How many devices there are.
    public var deviceCount: Int { groups.reduce(0) { $0 + $1.deviceCount } }

    /// How many devices hold a number outside the range.
    public var clippedCount: Int { groups.reduce(0) { $0 + ($1.isClipped ? $1.deviceCount : 0) } }

    /// As many devices, each drawn with replacement from those of this population.
    ///
    /// - Complexity: logarithmic in the groups for each device.
    public func drawing<Source: NoiseSource & ~Copyable>(
        _ count: Int, using noise: inout Source
    ) -> Population {
        var ends: [Int] = []
        for group in groups { ends.append((ends.last ?? 0) + group.deviceCount) }
        guard let total = ends.last, total > 0 else { return Population(groups: []) }
        var drawn = groups
        for index in drawn.indices { drawn[index].deviceCount = 0 }
        for _ in 0..<count {
            let device = noise.index(below: total)
            var (low, high) = (0, ends.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if ends[middle] > device { high = middle } else { low = middle + 1 }
            }
            drawn[low].deviceCount += 1
        }
        return Population(groups: drawn)
    }

    /// What each device of the population holds, one after the other.
    ///
    /// - Complexity: logarithmic in the groups for each call.
    public func lookup() -> @Sendable (_ device: Int) -> MechanismInput? {
        var ends: [Int] = []
        for group in groups { ends.append((ends.last ?? 0) + group.deviceCount) }
        let (inputs, bounds) = (groups.map(\.input), ends)
        return { device in
            var (low, high) = (0, bounds.count)
            while low < high {
                let middle = (low + high) / 2
                if bounds[middle] > device { high = middle } else { low = middle + 1 }
            }
            return inputs.indices.contains(low) ? inputs[low] : nil
        }
    }
}
