internal import Estimation
internal import SecureRandomness

/// Devices with two values each, and their reports by google/rappor's rules.
struct AssociationScene: Sendable {
    /// A device's reports.
    struct Device: Hashable, Sendable {
        let cohort: Int
        let first: UInt64
        let second: UInt64
    }

    /// The share of each pair of values; 0 for what is no candidate, as all values are.
    struct Truth: Sendable {
        fileprivate let joint: [[Double]]
        fileprivate let counts: [[Int]]
        fileprivate let total: Double

        func population(_ first: Int, _ second: Int) -> Double { isValue(first, second) ? joint[first][second] : 0 }

        func sample(_ first: Int, _ second: Int) -> Double {
            isValue(first, second) ? Double(counts[first][second]) / total : 0
        }

        private func isValue(_ first: Int, _ second: Int) -> Bool {
            joint.indices.contains(first) && joint[first].indices.contains(second)
        }
    }

    private let joint: [[Double]]
    private let parameters: RapporParameters
    private let bits: [[[Int]]]
    /// Of a truth value `nil`.
    private let secondBits: [[[Int]]]?

    /// A scene with shares in proportion to these weights.
    ///
    /// - Parameter secondNames: the second variable's strings; without them it is a truth value of one bit.
    init(
        joint: [[Double]], names: [String], parameters: RapporParameters, secondNames: [String]?
    ) throws {
        let filter = try RapporFilter(parameters, client: nil)
        func bits(of names: [String]) throws -> [[[Int]]] {
            try (0..<parameters.cohortCount).map { cohort in
                try names.map { try filter.bits(of: Array($0.utf8), cohort: cohort) }
            }
        }
        self.init(
            Self.normalised(joint), parameters, bits: try bits(of: names), secondBits: try secondNames.map(bits(of:)))
    }

    private init(_ joint: [[Double]], _ parameters: RapporParameters, bits: [[[Int]]], secondBits: [[[Int]]]?) {
        (self.joint, self.parameters, self.bits, self.secondBits) = (joint, parameters, bits, secondBits)
    }

    private static func normalised(_ weights: [[Double]]) -> [[Double]] {
        let sum = weights.joined().reduce(0, +)
        return weights.map { $0.map { $0 / sum } }
    }

    /// The same values with the same shares, independent of each other.
    func independent() -> AssociationScene { mixed(withIndependent: 1) }

    /// The same with the joint distribution moved towards independence by a share.
    func mixed(withIndependent share: Double) -> AssociationScene {
        let first = joint.map { $0.reduce(0, +) }
        let second = joint[0].indices.map { column in joint.reduce(0) { $0 + $1[column] } }
        let mixed = joint.enumerated().map { row, shares in
            shares.enumerated().map { (1 - share) * $1 + share * first[row] * second[$0] }
        }
        return AssociationScene(mixed, parameters, bits: bits, secondBits: secondBits)
    }

    /// Devices in random cohorts, each with a report about a pair of values.
    func draw(_ deviceCount: Int, from noise: inout StudyNoise) -> ([Device], Truth) {
        let table = AliasTable(weights: joint.flatMap(\.self)), width = joint[0].count
        var counts = joint.map { $0.map { _ in 0 } }
        let devices = (0..<deviceCount).map { _ in
            let cell = table.place(from: &noise), cohort = Int(noise.uniform() * Double(parameters.cohortCount))
            let (first, second) = cell.quotientAndRemainder(dividingBy: width)
            counts[first][second] += 1
            let own = report(about: bits[cohort][first], bitCount: parameters.bitCount, from: &noise)
            let other =
                secondBits.map { report(about: $0[cohort][second], bitCount: parameters.bitCount, from: &noise) }
                ?? report(about: second == 1 ? [0] : [], bitCount: 1, from: &noise)
            return Device(cohort: cohort, first: own, second: other)
        }
        return (devices, Truth(joint: joint, counts: counts, total: Double(deviceCount)))
    }

    /// The permanent response to a filter, and a report about it.
    private func report(about bits: [Int], bitCount: Int, from noise: inout StudyNoise) -> UInt64 {
        (0..<bitCount).reduce(0) { report, bit in
            var isSet = bits.contains(bit)
            if noise.uniform() < parameters.permanentNoise { isSet = noise.uniform() < 0.5 }
            let chance = isSet ? parameters.setResponse : parameters.clearResponse
            return report | (noise.uniform() < chance ? 1 << UInt64(bit) : 0)
        }
    }

    /// The reports as they are estimated from.
    func likelihoods(of devices: [Device], includesOther: Bool) -> AssociationReports {
        func model(_ bits: [[[Int]]]?) -> FilterLikelihoods {
            let isTruth = bits == nil
            return FilterLikelihoods(
                bitCount: isTruth ? 1 : parameters.bitCount, hashCount: parameters.hashCount,
                bits: bits ?? [[[Int]]](repeating: [[], [0]], count: parameters.cohortCount), clear: parameters.clear,
                set: parameters.set, includesOther: includesOther && !isTruth)
        }
        let first = KindTable(model(bits), devices.map { ($0.cohort, $0.first) })
        let second = KindTable(
            model(secondBits), devices.map { (secondBits == nil ? 0 : $0.cohort, $0.second) })
        var reports = AssociationReports(first: first.likelihoods, second: second.likelihoods)
        for (index, device) in devices.enumerated() {
            reports.append(first: first.kinds[index], second: second.kinds[index], cohort: device.cohort)
        }
        return reports
    }

    /// The distinct reports about a variable.
    private struct KindTable {
        private(set) var likelihoods: ReportLikelihoods
        private(set) var kinds: [Int] = []

        init(_ model: FilterLikelihoods, _ reports: [(cohort: Int, word: UInt64)]) {
            likelihoods = ReportLikelihoods(valueCount: model.valueCount)
            var places: [[UInt64]: Int] = [:]
            for (cohort, word) in reports {
                let key = [UInt64(cohort), word]
                let kind =
                    places[key]
                    ?? likelihoods.append(logLikelihoods: model.logLikelihoods(of: [word], cohort: cohort))
                places[key] = kind
                kinds.append(kind)
            }
        }
    }
}
