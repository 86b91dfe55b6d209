public import Mechanisms
internal import MetricDefinitions

/// Every mechanism that can be estimated, which is every mechanism. Adding a mechanism adds one line here.
public struct OracleCatalog: Sendable {
    /// The mechanisms of this version.
    public static let standard = OracleCatalog([
        RandomizedResponse.self,
        MemoizedRandomizedResponse.self,
        Rappor.self,
        BasicRappor.self,
        CountMeanSketch.self,
        OneBitMean.self,
        SubsetSelection.self,
        SymmetricUnaryEncoding.self,
        OptimizedUnaryEncoding.self,
        HadamardResponse.self,
        OptimizedLocalHashing.self,
        ProjectiveGeometryResponse.self,
        HadamardCountMeanSketch.self,
        OptimizedSymmetricUnaryEncoding.self,
        Loloha.self,
        MemoizedOneBitMean.self,
        Piecewise.self,
        Hybrid.self,
        SquareWave.self,
        DBitFlip.self,
        PairedResponse.self,
        MemoizedPairedResponse.self,
    ])

    /// The types, each the only one of its identifier and form.
    public let oracles: [any ReportCounter.Type]

    /// A catalog of these types.
    public init(_ oracles: [any ReportCounter.Type]) { self.oracles = oracles }

    /// A mechanism in the analyst's role; `nil` if it is not in the catalog.
    public func oracle(for mechanism: any LocalRandomizer) -> (any ReportCounter)? {
        let isListed = oracles.contains { $0 == type(of: mechanism) }
        return isListed ? mechanism as? any ReportCounter : nil
    }
}
