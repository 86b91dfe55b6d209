import CollectorService
import CollectorSettings
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import MetricDefinitions
import NIOCore
import ReportFormat
import TestSupport

/// The real parts of a collector around a scratch store, with a clock that the test sets.
struct CollectorUnderTest {
    let folder: ScratchFolder
    let metricSet: MetricSet
    let metrics: ServedMetrics
    let store: SQLiteReportStore
    let clock = TestClock()
    let drain = DrainSwitch()
    let figures = IngestFigures()

    var storePath: String { folder.file("store.db") }

    init(folder: ScratchFolder? = nil, metricSet: MetricSet? = nil) throws {
        self.folder = try folder ?? ScratchFolder()
        self.metricSet = try metricSet ?? testMetricSet()
        metrics = ServedMetrics(MetricOffer(self.metricSet))
        store = try SQLiteReportStore(path: self.folder.file("store.db"), metricSet: self.metricSet)
    }

    var intake: BatchIntake {
        BatchIntake(
            metrics: metrics, store: store, clock: clock.clock, figures: figures)
    }

    var uploads: some ApplicationProtocol {
        Self.application(
            MeasuredRoutes(UploadRoute(intake: intake, drain: drain, figures: figures), figures: figures))
    }

    var operations: some ApplicationProtocol { operations() }

    /// - Parameter metricSetPath: what a reload reads.
    func operations(
        _ gatekeeper: Gatekeeper = Gatekeeper(), metricSetPath: String = "none", isLocal: Bool = true,
        identity: TLSIdentity? = nil
    ) -> some ApplicationProtocol {
        let configuration = CollectorConfiguration(
            metricSetPath: metricSetPath, storePath: storePath, uploadAddress: ListenAddress(host: "127.0.0.1", port: 0)
        )
        let reloader = Reloader(
            configuration, store: store, metrics: metrics, gatekeeper: gatekeeper, identity: nil,
            logger: Self.silentLogger)
        return Self.application(
            OperationsRoutes(
                store: store, watch: StoreWatch(store, logger: Self.silentLogger), drain: drain, figures: figures,
                clock: clock.clock, metrics: metrics, reloader: reloader, gatekeeper: gatekeeper, isLocal: isLocal,
                identity: identity))
    }

    static func application<Responder: HTTPResponder>(_ responder: Responder) -> some ApplicationProtocol
    where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        Application(responder: responder, logger: silentLogger)
    }

    static let silentLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension TestClientProtocol {
    /// Posts bytes as a batch.
    func upload(_ bytes: [UInt8]) async throws -> TestResponse {
        try await execute(
            uri: "/v1/reports", method: .post, headers: [.contentType: WireLimits.mediaType],
            body: ByteBuffer(bytes: bytes))
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }

    /// Whether this is the problem of a token, complete and with its status.
    func isProblem(_ token: ProblemDetails.Token) -> Bool {
        status.code == ProblemDetails(token, detail: "").status
            && headers[.contentType] == "application/problem+json"
            && text.hasPrefix("{\"type\":\"urn:dither:error:\(token.rawValue)\",\"title\":\"")
            && text.contains("\"status\":\(status.code),\"detail\":\"") && text.hasSuffix("\"}")
    }
}
