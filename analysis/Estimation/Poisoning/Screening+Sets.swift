internal import LocalPrivacy
public import Mechanisms
internal import ReportFormat

extension SubsetSelection {
    public var supportsPairs: Bool { true }

    /// A set has a fixed size, so that its values rather exclude each other.
    public func pairSupport(of values: [MechanismInput]) -> PairSupport? {
        PairSupport(bits: values.compactMap(item(of:)), support: support, covariance: pairCovariance)
    }
}

extension OptimizedLocalHashing {
    public var supportsPairs: Bool { true }

    public func pairSupport(of values: [MechanismInput]) -> PairSupport? {
        let items = Array(values.compactMap(item(of:)).prefix(PairSupport.valueLimit))
        let (hash, shape, active) = (hash, shape, PairSupport.first(items.count))
        return PairSupport(valueCount: items.count, support: support, covariance: pairCovariance) { payload in
            guard let report = try? HashedReport(decoding: payload, shape: shape) else { return nil }
            var supported: UInt16 = 0
            for (place, item) in items.enumerated() where hash.value(of: item, seed: report.seed) == report.value {
                supported |= 1 << UInt16(place)
            }
            return SupportedValues(active: active, supported: supported)
        }
    }
}

extension CountMeanSketch {
    /// Every value has one place in a row.
    public var honestReports: HonestReports {
        HonestReports(
            weights: WeightLaws(
                bitCount: configuration.width, support: cellSupport, firstByte: shape.partitionByteCount))
    }

    public var supportsPairs: Bool { true }

    /// Two values are looked at in the rows where their places differ: whatever the device holds, its place is one of them at
    /// most, so that one of the two bits is noise.
    public func pairSupport(of values: [MechanismInput]) -> PairSupport? {
        let (places, start, valueCount) = (table.places(of: values), shape.partitionByteCount, values.count)
        return PairSupport(valueCount: min(valueCount, PairSupport.valueLimit), support: cellSupport) { payload in
            var row = 0
            for index in 0..<start { row |= Int(payload[index]) << (8 * index) }
            guard places.cells.indices.contains(row) else { return nil }
            var supported: UInt16 = 0
            for (place, cell) in places.cells[row].enumerated() {
                supported |= UInt16(payload[start + cell / 8] >> UInt8(cell % 8) & 1) << UInt16(place)
            }
            return SupportedValues(active: places.active[row], supported: supported)
        }
    }
}

extension HadamardCountMeanSketch {
    /// Row and index are uniform, and the bit has one of two probabilities.
    public var honestReports: HonestReports {
        let (lie, cells) = (1 - cellSupport.truthful, Double(table.rowCount) * Double(table.width))
        return HonestReports(payloads: PayloadBounds(least: lie / cells, greatest: cellSupport.truthful / cells))
    }

    public func payloadCounts(in aggregate: SketchCounts) -> [Int]? { aggregate.cells.map(Int.init) }

    public var supportsPairs: Bool { true }

    /// Whether a report supports two places or neither follows from its index alone, which is uniform: at half of the indices the
    /// entries agree.
    public func pairSupport(of values: [MechanismInput]) -> PairSupport? {
        let (places, shape, valueCount) = (table.places(of: values), shape, values.count)
        return PairSupport(valueCount: min(valueCount, PairSupport.valueLimit), support: cellSupport) { payload in
            guard let report = try? HadamardReport(decoding: payload, shape: shape) else { return nil }
            var supported: UInt16 = 0
            for (place, cell) in places.cells[report.row].enumerated() {
                let entry = (report.index & cell).nonzeroBitCount & 1 == 1
                if entry == report.isSet { supported |= 1 << UInt16(place) }
            }
            return SupportedValues(active: places.active[report.row], supported: supported)
        }
    }
}

extension SketchOracle {
    public func influence(on value: MechanismInput) -> ReportInfluence? { ReportInfluence(of: support) }
}

extension PureFrequencyOracle {
    public func influence(on value: MechanismInput) -> ReportInfluence? { ReportInfluence(of: support) }
}
