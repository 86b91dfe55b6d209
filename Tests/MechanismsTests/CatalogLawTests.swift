import Foundation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import TestSupport
import Testing

/// A mechanism of the catalog, as an argument of tests that run over all of them.
struct CatalogEntry: Sendable, CustomTestStringConvertible {
    var type: any LocalRandomizer.Type

    static let all = MechanismCatalog.standard.randomizers.map { CatalogEntry(type: $0) }

    var testDescription: String { "\(type)" }
}

@Suite("Every catalogued mechanism")
struct CatalogLawTests {
    @Test("keeps every law in every configuration of its fixture", arguments: CatalogEntry.all)
    func lawsHold(entry: CatalogEntry) throws {
        let fixture = try MechanismFixture.of(entry.type)
        try #require(fixture.configurations.count >= 5)
        for configuration in fixture.configurations {
            let mechanism: any LocalRandomizer = try configuration.mechanism(entry.type)
            // The laws take time in proportion to the square of the domain; in a large one sampling is a formality.
            let samplesPerItem = configuration.values <= 12 ? 2000 : 100
            let breaches = try MechanismLaws.breaches(
                of: mechanism, unspentNanonats: configuration.allowedUnspent, samplesPerItem: samplesPerItem)
            #expect(breaches.isEmpty, "\(configuration): \(breaches.first?.description ?? "")")
        }
    }

    @Test("refuses what its fixture says it must, by the error named there", arguments: CatalogEntry.all)
    func refusalsAreNamed(entry: CatalogEntry) throws {
        let fixture = try MechanismFixture.of(entry.type)
        try #require(fixture.refused.count >= 5)
        for declaration in fixture.refused {
            let error = #expect(throws: ParameterError.self, "\(declaration)") {
                let mechanism: any LocalRandomizer = try declaration.mechanism(entry.type)
                Issue.record("\(mechanism) was made")
            }
            #expect(error?.name == declaration.error, "\(declaration)")
        }
    }

    @Test("has its article in the documentation catalog, with its proof and its estimator", arguments: CatalogEntry.all)
    func articleExists(entry: CatalogEntry) throws {
        let article = Fixtures.packageRoot.appending(path: "Sources/Mechanisms/Mechanisms.docc/\(entry.type).md")
        let text = try String(contentsOf: article, encoding: .utf8)
        for heading in ["## What is released", "## Proof", "## Estimator", "## Variance", "## Realised numbers"] {
            #expect(text.contains(heading), "\(entry.type).md lacks \(heading)")
        }
    }

    @Test("has an identifier and form of its own, and no fixture or article is left of one that is gone")
    func catalogFixturesAndArticlesAgree() throws {
        let types = MechanismCatalog.standard.randomizers
        let forms = types.map { "\($0.identifier), memoized: \($0.isMemoized)" }
        #expect(Set(forms).count == types.count)
        for type in types {
            let found = try #require(
                MechanismCatalog.standard.randomizer(type.identifier, memoized: type.isMemoized))
            #expect("\(found)" == "\(type)")
        }
        let names = Set(types.map { "\($0)" })
        let fixtures = try Fixtures.names(in: "mechanisms").map { $0.replacingOccurrences(of: ".json", with: "") }
        #expect(Set(fixtures) == names)
        let folder = Fixtures.packageRoot.appending(path: "Sources/Mechanisms/Mechanisms.docc")
        let articles = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
        #expect(Set(articles.map { $0.replacingOccurrences(of: ".md", with: "") }) == names)
        #expect(MechanismCatalog.standard.randomizer("no_such_mechanism", memoized: false) == nil)
    }
}
