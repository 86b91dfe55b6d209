import Estimation
import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Estimates from projective geometry responses")
struct ProjectiveGeometryEstimateTests {
    @Test("keep every law of pure oracles, in every kind of field and by every method that a small space takes")
    func laws() throws {
        for fixture in try MechanismFixture.of(ProjectiveGeometryResponse.self).configurations {
            let oracle = try fixture.mechanism(ProjectiveGeometryResponse.self)
            let breaches = try EstimationLaws(oracle).breaches()
            #expect(breaches.isEmpty, "\(fixture): \(breaches)")
        }
    }

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

    @Test("find the four values of 65,536 that 200 devices hold, from three bytes each, and count as brute force does")
    func largeDomain() throws {
        for order in [64, 53] as [Int32] {
            let declared = MechanismDeclaration(
                epsilon: try Epsilon(thousandths: 4000), domain: .items(65_536), reportsAbsence: false,
                parameters: ["field_order": DeclaredNumber(order), "dimension": DeclaredNumber(4)])
            let oracle = try ProjectiveGeometryResponse(configuration: .init(declared: declared))
            var (noise, aggregate) = (SeededNoise(seed: 0x6E0_3), oracle.makeAggregate(of: Fingerprint(value: 1)))
            let held = [(65_535, 60), (4161, 50), (4160, 50), (0, 40)]
            for (item, count) in held {
                for _ in 0..<count { oracle.absorb(oracle.randomize(item, using: &noise), into: &aggregate) }
            }
            // Brute force of the items held and of some others, by the inner product of every report's point.
            let geometry = oracle.geometry
            let supports = oracle.supportCounts(in: aggregate)
            #expect(supports.count == 65_536)
            let points = aggregate.support.enumerated().filter { $0.element > 0 }.map {
                (geometry.coordinates(UInt64($0.offset) + 1, count: 4), $0.element)
            }
            for item in held.map(\.0) + [1, 63, 64, 5000, 40_000, 65_534] {
                let v = geometry.coordinates(UInt64(item) + 1, count: 4)
                let expected = points.reduce(0) { $0 + (geometry.innerProduct($1.0, v) == 0 ? $1.1 : 0) }
                #expect(supports[item] == expected, "q \(order), item \(item)")
            }
            let estimates = oracle.estimates(
                from: PooledReports(aggregate, on: UTCDay(containing: 0)), confidence: .standard)
            #expect(held.allSatisfy { estimates[$0.0].isDetected } && estimates.count { $0.isDetected } == held.count)
        }
    }
}
