internal import Mechanisms

extension PairSupport {
    /// Of values that each have a bit of the stored payload, independent of the others.
    init(bits: [Int], support: SupportProbabilities, covariance: PairCovariance = PairCovariance()) {
        let bits = Array(bits.prefix(Self.valueLimit)), active = Self.first(bits.count)
        self.init(valueCount: bits.count, support: support, covariance: covariance) { payload in
            var supported: UInt16 = 0
            for (place, bit) in bits.enumerated() {
                supported |= UInt16(payload[bit / 8] >> UInt8(bit % 8) & 1) << UInt16(place)
            }
            return SupportedValues(active: active, supported: supported)
        }
    }

    /// So many set bits.
    static func first(_ count: Int) -> UInt16 { UInt16(truncatingIfNeeded: (1 << count) - 1) }
}

extension SketchTable {
    /// The places of a few values in every row. Those that share a row's place with another of them are not told apart there.
    func places(of values: [MechanismInput]) -> (cells: [[Int]], active: [UInt16]) {
        let keys = values.prefix(PairSupport.valueLimit).compactMap { try? key(of: $0) }
        let cells = (0..<rowCount).map { index in
            let row = row(index)
            return keys.map { row.place(of: $0) }
        }
        let active = cells.map { cells in
            cells.enumerated().reduce(0 as UInt16) { active, cell in
                let isAlone = cells.count { $0 == cell.element } == 1
                return active | (isAlone ? 1 : 0) << UInt16(cell.offset)
            }
        }
        return (cells, active)
    }
}
