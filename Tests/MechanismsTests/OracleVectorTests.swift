import LocalPrivacy
import Mechanisms
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Frequency oracles against an independent script")
struct OracleVectorTests {
    static let types: [CatalogEntry] = [
        CatalogEntry(type: SubsetSelection.self), CatalogEntry(type: SymmetricUnaryEncoding.self),
        CatalogEntry(type: OptimizedUnaryEncoding.self), CatalogEntry(type: HadamardResponse.self),
        CatalogEntry(type: OptimizedLocalHashing.self),
    ]

    @Test("have its thresholds and sizes, and give its payloads, in small and in large domains", arguments: types)
    func vectorsAgree(entry: CatalogEntry) throws {
        let large = try Fixtures.json("oracles/large.json", as: [String: [MechanismFixture.Declaration]].self)
        let declarations = try MechanismFixture.of(entry.type).configurations + #require(large["\(entry.type)"])
        for declaration in declarations {
            let mechanism: any LocalRandomizer = try declaration.mechanism(entry.type)
            #expect(declaration.thresholds == integers(of: mechanism).map(sixteenDigits), "\(declaration)")
            for vector in try #require(declaration.vectors) {
                let (payload, expected) = try payload(of: vector, by: mechanism)
                #expect(payload == expected, "\(declaration): \(vector.prefix(120))")
            }
        }
    }

    @Test("choose the set size and the hash range that have the least exact variance")
    func sizesAreBest() throws {
        let rows = try Fixtures.rows("oracles/best_sizes.csv")
        try #require(rows.count == 144)
        for row in rows {
            let count = try #require(Int(row[0])), epsilon = try Epsilon(thousandths: try #require(Int(row[1])))
            #expect("\(SubsetRule.bestSubsetSize(itemCount: count, epsilon: epsilon))" == row[2], "\(row)")
            #expect("\(OptimizedLocalHashing.bestHashRange(itemCount: count, epsilon: epsilon))" == row[3], "\(row)")
        }
    }

    @Test("refuse less noise than ε needs, and thresholds that no sampler has; more noise they give", arguments: types)
    func thresholdsAreChecked(entry: CatalogEntry) throws {
        for declaration in try MechanismFixture.of(entry.type).configurations {
            try checkThresholds(of: entry.type, in: declaration)
        }
    }

    private func checkThresholds<M: LocalRandomizer>(
        of _: M.Type, in declaration: MechanismFixture.Declaration
    ) throws {
        let least = try M.Configuration(declared: try declaration.declaration())
        let threshold = try #require(self.threshold(of: least))
        let step: UInt64 = least is any UnaryConfiguration ? (threshold > 1 << 56 ? 1 << 40 : 1 << 32) : 1
        func error(_ threshold: UInt64) -> String? {
            do { _ = try M(configuration: changed(least, to: threshold)) } catch { return error.name }
            return nil
        }
        #expect(error(threshold) == nil && error(threshold + step) == nil, "\(declaration)")
        #expect(error(threshold - step) == "lossAboveEpsilon", "\(declaration)")
        if step > 1 { #expect(error(threshold + 1) == "thresholdOutOfRange", "\(declaration)") }
        for threshold in [0, .max] as [UInt64] {
            #expect(error(threshold) == "thresholdOutOfRange", "\(declaration)")
        }
    }

    private func threshold(of configuration: any MechanismConfiguration) -> UInt64? {
        switch configuration {
        case let configuration as SubsetSelection.Configuration: configuration.lieThreshold
        case let configuration as HadamardResponse.Configuration: configuration.lieThreshold
        case let configuration as OptimizedLocalHashing.Configuration: configuration.lieThreshold
        case let configuration as any UnaryConfiguration: configuration.noise.clearThreshold
        default: nil
        }
    }

    private func changed<C: MechanismConfiguration>(_ configuration: C, to threshold: UInt64) -> C {
        var changed: any MechanismConfiguration = configuration
        switch configuration {
        case var configuration as SubsetSelection.Configuration:
            configuration.lieThreshold = threshold
            changed = configuration
        case var configuration as HadamardResponse.Configuration:
            configuration.lieThreshold = threshold
            changed = configuration
        case var configuration as OptimizedLocalHashing.Configuration:
            configuration.lieThreshold = threshold
            changed = configuration
        case var configuration as SymmetricUnaryEncoding.Configuration:
            configuration.noise.clearThreshold = threshold
            changed = configuration
        case var configuration as OptimizedUnaryEncoding.Configuration:
            configuration.noise.clearThreshold = threshold
            changed = configuration
        default: break
        }
        return changed as? C ?? configuration
    }

    /// The threshold, and the size that the mechanism may choose.
    private func integers(of mechanism: any LocalRandomizer) -> [UInt64] {
        let threshold = self.threshold(of: mechanism.configuration).map { [$0] } ?? []
        return switch mechanism {
        case let mechanism as SubsetSelection: threshold + [UInt64(mechanism.configuration.subsetSize)]
        case let mechanism as OptimizedLocalHashing: threshold + [UInt64(mechanism.configuration.hashRange)]
        default: threshold
        }
    }

    /// What a mechanism makes of a line of a fixture — item, first words, name of the noise, payload — and the payload.
    private func payload<M: LocalRandomizer>(of vector: String, by mechanism: M) throws -> ([UInt8], [UInt8]?) {
        let cells = vector.split(separator: " ")
        try #require(cells.count == 4)
        var words = cells[1] == "-" ? [] : cells[1].split(separator: ",").compactMap { UInt64($0, radix: 16) }
        for index in 0..<max(0, mechanism.noiseWordCount - words.count) {
            let digest = try sha256(Array("dither/fixtures/oracles/\(cells[2])/\(index)".utf8))
            words.append(digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        }
        var (noise, same) = (ListedNoise(words), ListedNoise(words))
        let item = MechanismInput.item(try #require(Int(cells[0])))
        // The last item of a metric that reports it is "no event".
        let isAbsence =
            if case .items(let count) = mechanism.configuration.domain { item == .item(count) } else { false }
        let value = try mechanism.input(
            from: isAbsence ? .absent : item, on: DeviceContext(permanentNoise: nil))
        let payload = mechanism.randomize(value, using: &noise).encoded(shape: mechanism.shape)
        var bytes: [UInt8] = [7]
        mechanism.appendPayload(about: value, using: &same, to: &bytes)
        #expect(bytes == [7] + payload, "\(vector)")
        return (payload, hexadecimalBytes(cells[3]))
    }
}
