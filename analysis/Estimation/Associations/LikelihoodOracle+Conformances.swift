internal import Foundation
public import Mechanisms
public import ReportFormat

extension RandomizedResponse: LikelihoodOracle {
    public func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<CategoryReport> { try exactLikelihoodModel(of: candidates) }
}

extension MemoizedRandomizedResponse: LikelihoodOracle {
    public func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<CategoryReport> { try exactLikelihoodModel(of: candidates) }
}

extension SubsetSelection: LikelihoodOracle {
    public func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<Report> { try exactLikelihoodModel(of: candidates) }
}

extension HadamardResponse: LikelihoodOracle {
    public func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<Report> { try exactLikelihoodModel(of: candidates) }
}

extension OptimizedLocalHashing: LikelihoodOracle {
    public func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<Report> { try exactLikelihoodModel(of: candidates) }
}

extension ProjectiveGeometryResponse: LikelihoodOracle {
    public func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<Report> { try exactLikelihoodModel(of: candidates) }
}

extension Loloha: LikelihoodOracle {
    public func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<Report> { try exactLikelihoodModel(of: candidates) }
}

extension BasicRappor: LikelihoodOracle {
    public func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<BitVectorReport> {
        try bitLikelihoodModel(of: candidates, hashCount: 1, includesOther: false)
    }
}

extension OptimizedSymmetricUnaryEncoding: LikelihoodOracle {
    public func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<BitVectorReport> {
        try bitLikelihoodModel(of: candidates, hashCount: 1, includesOther: false)
    }
}

extension Rappor: LikelihoodOracle {
    public func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<BitVectorReport> {
        try bitLikelihoodModel(
            of: candidates, hashCount: configuration.hashCount, includesOther: includesOther)
    }
}

extension UnaryEncoding where Self: PureFrequencyOracle, Self: LikelihoodOracle {
    /// A bit for each item, of which the own one is set with p* and any other with q*.
    func unaryLikelihoodModel(of candidates: [MechanismInput]) throws(EstimationError) -> LikelihoodModel<
        BitVectorReport
    > {
        var bits: [[Int]] = []
        for (position, candidate) in candidates.enumerated() {
            guard let item = item(of: candidate) else { throw .candidateOutOfDomain(position: position) }
            bits.append([item])
        }
        return filterLikelihoodModel(
            FilterLikelihoods(
                bitCount: shape.bitCount, hashCount: 1, bits: [bits], clear: support.spurious, set: support.truthful,
                includesOther: false))
    }
}

extension SymmetricUnaryEncoding: LikelihoodOracle {
    public func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<BitVectorReport> { try unaryLikelihoodModel(of: candidates) }
}

extension OptimizedUnaryEncoding: LikelihoodOracle {
    public func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<BitVectorReport> { try unaryLikelihoodModel(of: candidates) }
}

extension CountMeanSketch: LikelihoodOracle {
    /// A row is a cohort of filters of one bit: the place of the text.
    public func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<BitVectorReport> {
        let keys = try table.keys(of: candidates)
        let rows = (0..<table.rowCount).map { row in keys.map { [table.row(row).place(of: $0)] } }
        let flip = Double(configuration.flipThreshold) * 0x1p-64
        return filterLikelihoodModel(
            FilterLikelihoods(
                bitCount: table.width, hashCount: 1, bits: rows, clear: flip, set: 1 - flip,
                includesOther: includesOther))
    }
}

extension HadamardCountMeanSketch: LikelihoodOracle {
    /// The bit is the entry of the candidate's place with N − T of N, whatever the index. Of all places half have it set.
    public func likelihoodModel(
        of candidates: [MechanismInput], includesOther: Bool
    ) throws(EstimationError) -> LikelihoodModel<HadamardReport> {
        let keys = try table.keys(of: candidates), table = table
        let flip = Double(configuration.flipThreshold) * 0x1p-64
        let (agreeing, differing) = (log1p(-flip), log(flip))
        return LikelihoodModel(valueCount: keys.count + (includesOther ? 1 : 0)) { report in
            let row = table.row(report.row)
            var logarithms = keys.map { key in
                let isSet = (report.index & row.place(of: key)).nonzeroBitCount & 1 == 1
                return isSet == report.isSet ? agreeing : differing
            }
            // Row 0 of the matrix has no −1, so that its entry is the same for all.
            if includesOther { logarithms.append(report.index == 0 ? report.isSet ? differing : agreeing : log(0.5)) }
            return logarithms
        }
    }
}

extension SketchTable {
    fileprivate func keys(of candidates: [MechanismInput]) throws(EstimationError) -> [SketchKey] {
        var keys: [SketchKey] = []
        for (position, candidate) in candidates.enumerated() {
            guard let key = try? key(of: candidate) else { throw .candidateOutOfDomain(position: position) }
            keys.append(key)
        }
        return keys
    }
}
