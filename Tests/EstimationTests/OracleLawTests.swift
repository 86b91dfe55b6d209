import Estimation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import TestSupport
import Testing

@Suite("Every catalogued mechanism has an oracle that keeps the laws")
struct OracleLawTests {
    @Test("the catalogs of mechanisms and of oracles hold the same types in the same order")
    func catalogsAgree() {
        let mechanisms = MechanismCatalog.standard.randomizers.map(ObjectIdentifier.init)
        #expect(OracleCatalog.standard.oracles.map(ObjectIdentifier.init) == mechanisms)
    }

    @Test("the oracle of a mechanism is that mechanism, and an empty catalog has none")
    func oracleOfMechanism() throws {
        for definition in try testMetricSet().metrics {
            let oracle = try #require(OracleCatalog.standard.oracle(for: definition.mechanism))
            #expect(ObjectIdentifier(type(of: oracle)) == ObjectIdentifier(type(of: definition.mechanism)))
            #expect(OracleCatalog([]).oracle(for: definition.mechanism) == nil)
        }
    }

    @Test("every pure oracle keeps every law, in configurations of up to 40 items")
    func laws() throws {
        for type in OracleCatalog.standard.oracles {
            // Those that are not pure have suites of their own.
            guard let auditable = type as? any AuditableOracle.Type else { continue }
            let (checked, breaches) = try check(auditable)
            #expect(checked >= 5, "\(type) has too few small configurations")
            #expect(breaches.isEmpty)
        }
    }

    private func check<Oracle: AuditableOracle>(_: Oracle.Type) throws -> (Int, [String]) {
        let declarations = try MechanismFixture.of(Oracle.self).configurations.filter { $0.values <= 40 }
        var breaches: [String] = []
        for declaration in declarations {
            let oracle = try declaration.mechanism(Oracle.self)
            breaches += try EstimationLaws(oracle).breaches().map { "\(Oracle.self), \(declaration): \($0)" }
        }
        return (declarations.count, breaches)
    }
}
