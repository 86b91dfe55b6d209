import Auditing
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import Testing

@Suite("Proofs of catalogued mechanisms")
struct CatalogProofTests {
    /// What a small instance of each mechanism is declared with; memoized ones beside an ε∞ of three times their ε.
    private static let declarations: [String: (domain: InputDomain, keys: [String: Int32])] = [
        "randomized_response": (.items(4), [:]),
        "rappor": (.text, ["bits": 16, "hashes": 2, "cohorts": 4]),
        "basic_rappor": (.items(3), [:]),
        "count_mean_sketch": (.text, ["rows": 16, "width": 16]),
        "one_bit_mean": (.range, [:]),
        "subset_selection": (.items(4), [:]),
        "symmetric_unary_encoding": (.items(3), [:]),
        "optimized_unary_encoding": (.items(3), [:]),
        "hadamard_response": (.items(4), [:]),
        "optimized_local_hashing": (.items(4), [:]),
        "projective_geometry_response": (.items(4), [:]),
        "hadamard_count_mean_sketch": (.text, ["rows": 16, "width": 16]),
        "optimized_symmetric_unary_encoding": (.items(3), [:]),
        "loloha": (.items(4), ["hash_range": 2]),
        "piecewise": (.range, ["grid": 64]),
        "hybrid": (.range, [:]),
        "square_wave": (.range, ["buckets": 16]),
        "d_bit_flip": (.range, ["buckets": 4, "sampled_buckets": 2]),
    ]

    /// All but pairs, whose halves are declared.
    static let types = MechanismCatalog.standard.randomizers.filter { !($0 is any PairRandomizer.Type) }

    @Test("Pairs of small mechanisms are proven, and memoized ones reach transcripts")
    func pairsAreProven() throws {
        func half(_ mechanism: String, isMemoized: Bool) throws -> DeclaredComponent {
            let permanent = isMemoized ? try Epsilon(thousandths: 3000) : nil
            return DeclaredComponent(
                mechanism: mechanism,
                declaration: MechanismDeclaration(
                    epsilon: try Epsilon(thousandths: 1000), permanentEpsilon: permanent, domain: .items(2),
                    reportsAbsence: false))
        }
        func audit<Pair: PairRandomizer>(_: Pair.Type) throws -> MetricAudit {
            let memoized = Pair.isMemoized
            let pair = try Pair(
                configuration: Pair.Configuration(
                    first: half("randomized_response", isMemoized: memoized),
                    second: half("randomized_response", isMemoized: memoized)))
            return try MetricAudit(of: AuditSubject(pair), AuditSettings.seeded(.proof, trials: 1000))
        }
        for audit in [try audit(PairedResponse.self), try audit(MemoizedPairedResponse.self)] {
            #expect(audit.failures.isEmpty, "\(audit.findings)")
            #expect(audit.provenLoss.map { $0 <= PrivacyLoss(audit.epsilon) } == true)
            // The worst pairs differ in both values: nothing less than the sum is proven.
            #expect(audit.provenLoss.map { $0.nanonats > 1_999_000_000 } == true)
        }
    }

    @Test("No proof of a small instance fails, and memoized ones reach transcripts", arguments: types.indices)
    func smallInstancesAreProven(index: Int) throws {
        func audit<M: LocalRandomizer>(_ type: M.Type) throws -> (MetricAudit, MetricAudit?) {
            let declared = try #require(Self.declarations[M.identifier], "\(M.identifier) has a declaration")
            let mechanism = try made(
                type, 1000, permanent: M.isMemoized ? 3000 : nil, domain: declared.domain, declared.keys)
            let settings = AuditSettings.seeded(.proof, trials: 1000)
            return (try MetricAudit(of: AuditSubject(mechanism), settings), try unlisted(type, settings))
        }
        let (small, large) = try audit(Self.types[index])
        for audit in [small] + (large.map { [$0] } ?? []) {
            #expect(audit.failures.isEmpty, "\(Self.types[index]): \(audit.failures)")
            #expect(audit.verdict == .passed, "\(Self.types[index]): \(audit.findings)")
            #expect(audit.provenLoss.map { $0 <= PrivacyLoss(audit.epsilon) } == true)
            if Self.types[index].isMemoized {
                #expect(audit.verdict(of: .renamedHistoriesProven) == .passed, "\(audit.findings)")
            }
        }
    }

    @Test(
        "Local hashing has twins at every ε, whose hash values are as many as their seeds have room for",
        arguments: [100, 2000, 4000, 8000])
    func localHashingHasTwins(thousandths: Int) throws {
        let mechanism = try made(
            OptimizedLocalHashing.self, thousandths, permanent: nil, domain: .items(100), absence: false, [:])
        let audit = try MetricAudit(of: AuditSubject(mechanism), AuditSettings.seeded(.proof, trials: 1000))
        #expect(audit.verdict == .passed && audit.proofMethod == .boundAndTwin, "\(audit.findings)")
    }

    /// The audit of an instance of too many items to enumerate, where there can be one.
    private func unlisted<M: LocalRandomizer>(_ type: M.Type, _ settings: AuditSettings) throws -> MetricAudit? {
        guard let declared = Self.declarations[M.identifier], case .items = declared.domain else { return nil }
        let mechanism = try made(
            type, 1000, permanent: M.isMemoized ? 3000 : nil, domain: .items(1000), absence: true, declared.keys)
        let audit = try MetricAudit(of: AuditSubject(mechanism), settings)
        #expect(audit.proofMethod == .boundAndTwin, "\(M.identifier)")
        return audit
    }
}
