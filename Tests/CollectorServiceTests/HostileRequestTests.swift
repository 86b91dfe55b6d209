import CollectorService
import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Hostile paths and bodies") struct HostileRequestTests {
    /// What people send to find out whether a server makes SQL, file names or commands of it.
    private static let fragments = [
        "' OR '1'='1", "'; DROP TABLE staged; --", "\" UNION SELECT * FROM batch --",
        "1; ATTACH DATABASE '/tmp/x' AS x",
        "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "....//....//etc/passwd",
        "..\\..\\windows\\win.ini", "%00", "%c0%ae%c0%ae/", "$(id)", "`id`", "${jndi:ldap://x/a}",
        "<script>alert(1)</script>",
        "%0d%0aSet-Cookie:%20a=b", "{{7*7}}", "file:///etc/passwd", "%252e%252e%252f", ".git/config", "v1/reports",
        "admin",
        "metrics", "healthz", "readyz", "v1/status", "v1/reload", "v1/seal",
    ]

    /// The tables and everything in them.
    private static func contents(ofStore path: String) throws -> [String] {
        let database = try DatabaseQueue(path: path)
        return try database.read { connection in
            try String.fetchAll(connection, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
                + ["batch", "staged", "chunk", "definition"].map { table in
                    "\(table) \(try Int.fetchOne(connection, sql: "SELECT COUNT(*) FROM \(table)") ?? -1)"
                }
        }
    }

    private static func urlPath(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed.union(["%"])) ?? ""
    }

    @Test("Every path but the two is 404 by every method, on the listener for batches, with a token and without")
    func paths() async throws {
        let collector = try CollectorUnderTest()
        let before = try Self.contents(ofStore: collector.storePath)
        let prefixes = ["/", "/v1/", "/v1/reports/", "/v1/registry/", "//", "/v1/../", "/V1/reports/", "/admin/v1/"]
        let methods: [HTTPRequest.Method] = [.get, .post, .put, .delete, .options, .trace, .head]
        let routes = PublicRoutes(
            uploads: UploadRoute(intake: collector.intake, drain: collector.drain),
            registry: RegistryRoute(ServedMetrics(MetricOffer(collector.metricSet))))
        try await CollectorUnderTest.application(routes).test(.router) { client in
            for prefix in prefixes {
                for (index, fragment) in Self.fragments.enumerated() {
                    // The two paths themselves, spelled out.
                    if prefix + fragment == "/v1/reports" { continue }
                    let method = methods[index % methods.count]
                    let response = try await client.execute(
                        uri: prefix + Self.urlPath(fragment), method: method,
                        headers: [.authorization: "Bearer \(Self.urlPath(fragment))"])
                    #expect(response.status == .notFound, "\(method) \(prefix + fragment)")
                }
            }
        }
        try await collector.store.close()
        #expect(try Self.contents(ofStore: collector.storePath) == before)
    }

    @Test("10,000 hostile bodies are 400, and the store is the same afterwards")
    func bodies() async throws {
        let collector = try CollectorUnderTest()
        let before = try Self.contents(ofStore: collector.storePath)
        let sound = try simpleBatch(collector.metricSet, number: 1).encoded
        var noise = SeededNoise(seed: 0xB0D1)
        let intake = collector.intake
        var refusals = 0
        for number in 0..<10_000 {
            let fragment = Array(Self.fragments[number % Self.fragments.count].utf8)
            var body: [UInt8]
            switch number % 3 {
            // The text itself, the text in the place of a batch's head, and the text behind a batch.
            case 0: body = fragment + noise.bytes(count: Int(noise.next() % 64))
            case 1: body = fragment + sound.dropFirst(fragment.count)
            default: body = Array(sound.dropLast(fragment.count + 1)) + fragment + noise.bytes(count: 1)
            }
            if body == sound { continue }
            do throws(ProblemDetails) { _ = try await intake.take(body) } catch {
                #expect(error.status == 400)
                refusals += 1
            }
        }
        #expect(refusals == 10_000)
        try await collector.store.close()
        #expect(try Self.contents(ofStore: collector.storePath) == before)
    }
}
