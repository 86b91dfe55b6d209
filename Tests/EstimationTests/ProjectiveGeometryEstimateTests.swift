import Estimation
import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Estimates from projective geometry responses")
struct ProjectiveGeometryEstimateTests {
    @Test("have p* and q* that the likelihoods of all points add up to, also where ε leaves little between them")
    func supportIsExact() throws {
        for fixture in try MechanismFixture.of(ProjectiveGeometryResponse.self).configurations {
            let oracle = try fixture.mechanism(ProjectiveGeometryResponse.self)
            let laws = EstimationLaws(oracle), support = oracle.support
            let (own, other) = (
                laws.supportProbability(of: 0, given: 0), laws.supportProbability(of: 0, given: 1)
            )
            #expect(abs(support.truthful - own) < 1e-14 && abs(support.spurious - other) < 1e-14, "\(fixture)")
            #expect(abs(support.gap - (own - other)) < 1e-14, "\(fixture)")
            let exact = support.truthful - support.spurious
            #expect(abs(support.gap / exact - 1) < 1e-11, "\(fixture)")
        }
    }

    @Test("find the values of 4,096 that 200 devices hold, from two bytes each")
    func largerDomain() throws {
        for (order, dimension) in [(16, 4), (17, 4)] as [(Int32, Int32)] {
            let large = try GeometrySimulation(
                items: 4096, order: order, dimension: dimension, held: [(4095, 60), (273, 50), (272, 50), (0, 40)])
            try large.expectBruteForce(of: [1, 15, 16, 17, 500, 4094])
            #expect(large.oracle.payloadByteCount == 2 && large.detected == large.held.map(\.item).sorted())
        }
    }
}

/// Reports of devices that hold a few values of a large domain at ε = 4.
struct GeometrySimulation {
    let oracle: ProjectiveGeometryResponse
    let held: [(item: Int, count: Int)]
    let aggregate: SupportCounts

    init(items: Int, order: Int32, dimension: Int32, held: [(item: Int, count: Int)]) throws {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 4000), domain: .items(items), reportsAbsence: false,
            parameters: ["field_order": DeclaredNumber(order), "dimension": DeclaredNumber(dimension)])
        oracle = try ProjectiveGeometryResponse(configuration: .init(declared: declared))
        self.held = held
        var (noise, aggregate) = (SeededNoise(seed: 0x6E0_3), oracle.makeAggregate(of: Fingerprint(value: 1)))
        for (item, count) in held {
            for _ in 0..<count { oracle.absorb(oracle.randomize(item, using: &noise), into: &aggregate) }
        }
        self.aggregate = aggregate
    }

    /// Compares the counts of the items held, and of others, with the inner products of all reports.
    func expectBruteForce(of others: [Int]) throws {
        let geometry = oracle.geometry
        let supports = oracle.supportCounts(in: aggregate)
        #expect(supports.count == oracle.configuration.itemCount)
        let points = aggregate.support.enumerated().filter { $0.element > 0 }.map {
            (geometry.coordinates(UInt64($0.offset) + 1, count: geometry.dimension), $0.element)
        }
        for item in held.map(\.item) + others {
            let v = geometry.coordinates(UInt64(item) + 1, count: geometry.dimension)
            let expected = points.reduce(0) { $0 + (geometry.innerProduct($1.0, v) == 0 ? $1.1 : 0) }
            #expect(supports[item] == expected, "q \(geometry.field.order), item \(item)")
        }
    }

    /// The items that are detected.
    var detected: [Int] {
        let reports = PooledReports(aggregate, on: UTCDay(containing: 0))
        let estimates = oracle.estimates(from: reports, confidence: .standard)
        return estimates.indices.filter { estimates[$0].isDetected }
    }
}
