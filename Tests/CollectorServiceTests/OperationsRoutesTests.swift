import CollectorService
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import ReportFormat
import TestSupport
import Testing

@Suite("What operators ask") struct OperationsRoutesTests {
    @Test("A collector that can store is alive and ready, and asking leaves no trace in the store")
    func ready() async throws {
        let collector = try CollectorUnderTest()
        try await collector.operations.test(.router) { client in
            for path in ["/healthz", "/readyz"] {
                let response = try await client.execute(uri: path, method: .get)
                #expect(response.status == .ok)
                #expect(response.text == "ok\n")
            }
        }
        let probe = try StoreProbe(path: collector.storePath)
        #expect(try probe.count(of: "batch") + probe.count(of: "staged") == 0)
    }

    @Test("A collector that is being stopped is alive and not ready")
    func draining() async throws {
        let collector = try CollectorUnderTest()
        collector.drain.turn()
        try await collector.operations.test(.router) { client in
            let alive = try await client.execute(uri: "/healthz", method: .get)
            #expect(alive.status == .ok)
            let ready = try await client.execute(uri: "/readyz", method: .get)
            #expect(ready.isProblem(.shuttingDown))
        }
    }

    @Test("A collector whose store is closed is alive and not ready")
    func closedStore() async throws {
        let collector = try CollectorUnderTest()
        try await collector.store.close()
        try await collector.operations.test(.router) { client in
            let alive = try await client.execute(uri: "/healthz", method: .get)
            #expect(alive.status == .ok)
            let ready = try await client.execute(uri: "/readyz", method: .get)
            #expect(ready.isProblem(.storageUnavailable))
        }
    }

    @Test("Batches and other methods are refused on the operations listener")
    func nothingElse() async throws {
        let collector = try CollectorUnderTest()
        try await collector.operations.test(.router) { client in
            let batch = try simpleBatch(collector.metricSet, number: 1).encoded
            let uploaded = try await client.upload(batch)
            #expect(uploaded.isProblem(.notFound))
            let posted = try await client.execute(uri: "/healthz", method: .post)
            #expect(posted.isProblem(.methodNotAllowed))
            #expect(posted.headers[.allow] == "GET, HEAD")
        }
    }
}
