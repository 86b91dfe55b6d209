public import LocalPrivacy
public import Mechanisms
internal import ReportFormat

/// Every mechanism that a metric definition may name. Adding a mechanism adds one line here.
public struct MechanismCatalog: Sendable {
    /// The mechanisms of this version.
    public static let standard = MechanismCatalog([
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
    public let randomizers: [any LocalRandomizer.Type]

    /// A catalog of these types.
    public init(_ randomizers: [any LocalRandomizer.Type]) { self.randomizers = randomizers }

    /// The names that a registry may use, in catalog order.
    public var identifiers: [String] {
        var seen: Set<String> = []
        return randomizers.map { $0.identifier }.filter { seen.insert($0).inserted }
    }

    /// The mechanism of this name in its fresh or memoized form; `nil` if there is none.
    public func randomizer(_ identifier: String, memoized: Bool) -> (any LocalRandomizer.Type)? {
        randomizers.first { $0.identifier == identifier && ($0 is any LongitudinalRandomizer.Type) == memoized }
    }
}

extension LocalRandomizer {
    /// Whether this is the memoized form of its mechanism.
    public static var isMemoized: Bool { self is any LongitudinalRandomizer.Type }

    /// The mechanism with the least noise that a declaration allows.
    ///
    /// - Throws: ``ParameterError``.
    public static func make(declared: MechanismDeclaration) throws(ParameterError) -> any LocalRandomizer {
        try Self(configuration: try Configuration(declared: declared))
    }

    /// The mechanism whose integers come next.
    ///
    /// - Throws: ``MetricDefinitionError`` when they end early or describe no mechanism.
    static func make(reading reader: inout ByteReader) throws(MetricDefinitionError) -> any LocalRandomizer {
        let configuration: Configuration
        do { configuration = try Configuration(reading: &reader) } catch { throw .format(error) }
        do { return try Self(configuration: configuration) } catch { throw .parameter(error) }
    }
}
