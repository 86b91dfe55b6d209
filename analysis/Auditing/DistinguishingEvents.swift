public import Mechanisms
public import ReportFormat
internal import SecureRandomness

/// A set of reports.
public struct ReportEvent<Report: Sendable>: Sendable {
    /// What the reports have in common.
    public let name: String
    /// Whether a report is one of them.
    public let contains: @Sendable (Report) -> Bool

    /// The event of this name.
    public init(_ name: String, contains: @escaping @Sendable (Report) -> Bool) {
        (self.name, self.contains) = (name, contains)
    }
}

/// A mechanism that knows which reports tell two of its inputs apart. An attack on any other one has to learn it.
public protocol DistinguishingEvents: LocalRandomizer {
    /// Sets of reports that are likelier about `first` than about `second`; empty if there are none.
    func distinguishingEvents(
        of first: MechanismInput, from second: MechanismInput
    ) -> [ReportEvent<Report>]
}

extension CountMeanSketch: DistinguishingEvents {
    /// The bit of the first text is set in the report's row and that of the second is clear.
    public func distinguishingEvents(
        of first: MechanismInput, from second: MechanismInput
    ) -> [ReportEvent<BitVectorReport>] {
        let device = DeviceContext(permanentNoise: nil)
        guard let own = try? input(from: first, on: device), let other = try? input(from: second, on: device) else {
            return []
        }
        return [
            ReportEvent("the first's bit is set and the second's is clear") { report in
                let row = row(report.partition)
                let (place, otherPlace) = (row.place(of: own), row.place(of: other))
                return place != otherPlace && report[place] && !report[otherPlace]
            }
        ]
    }
}

extension BitVectorRandomizer {
    /// So many of the bits in which the two inputs differ in the report's cohort are as the first has them.
    fileprivate func agreementEvents(
        of first: MechanismInput, from second: MechanismInput
    ) -> [ReportEvent<BitVectorReport>] {
        var (firstBits, masks): ([[UInt64]], [[UInt64]]) = ([], [])
        for cohort in 0..<cohortCount {
            guard let own = try? bits(of: first, cohort: cohort), let other = try? bits(of: second, cohort: cohort)
            else { return [] }
            firstBits.append(own)
            masks.append(zip(own, other).map { $0 ^ $1 })
        }
        let most = masks.map { $0.reduce(0) { $0 + $1.nonzeroBitCount } }.max() ?? 0
        guard most > 0 else { return [] }
        let (own, differing) = (firstBits, masks)
        return (most / 2 + 1...most).map { count in
            ReportEvent("\(count) of the bits that differ are the first's") { report in
                let (bits, mask) = (own[report.partition], differing[report.partition])
                let agreeing = report.words.indices.reduce(0) {
                    $0 + (~(report.words[$1] ^ bits[$1]) & mask[$1]).nonzeroBitCount
                }
                return agreeing >= count
            }
        }
    }
}

extension BasicRappor: DistinguishingEvents {
    public func distinguishingEvents(
        of first: MechanismInput, from second: MechanismInput
    ) -> [ReportEvent<BitVectorReport>] { agreementEvents(of: first, from: second) }
}

extension Rappor: DistinguishingEvents {
    public func distinguishingEvents(
        of first: MechanismInput, from second: MechanismInput
    ) -> [ReportEvent<BitVectorReport>] { agreementEvents(of: first, from: second) }
}

extension HadamardCountMeanSketch: DistinguishingEvents {
    /// The bit is the first text's entry and not the second's.
    public func distinguishingEvents(
        of first: MechanismInput, from second: MechanismInput
    ) -> [ReportEvent<HadamardReport>] {
        let device = DeviceContext(permanentNoise: nil)
        guard let own = try? input(from: first, on: device), let other = try? input(from: second, on: device) else {
            return []
        }
        let seed = configuration.hashSeed, width = configuration.width
        return [
            ReportEvent("the bit is the first's and not the second's") { report in
                let row = SketchRow(report.row, seed: seed, width: width)
                func isSet(_ key: SketchKey) -> Bool {
                    !(report.index & row.place(of: key)).nonzeroBitCount.isMultiple(of: 2)
                }
                return report.isSet == isSet(own) && report.isSet != isSet(other)
            }
        ]
    }
}
