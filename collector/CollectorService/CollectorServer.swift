internal import CollectorSettings
internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
package import Logging
internal import MetricDefinitions
internal import NIOCore
internal import NIOSSL
internal import ServiceLifecycle
internal import UnixSignals

/// A whole collector: store, listeners and the order in which they start and stop.
package struct CollectorServer: Sendable {
    private let configuration: CollectorConfiguration
    private let clock: CollectorClock
    private let logger: Logger
    private let metricSet: MetricSet
    private let registry: PublishedRegistry?
    private let transport: HTTPServerBuilder
    private let store: SQLiteReportStore
    private let drain = DrainSwitch()

    /// Loads and opens everything but the listeners.
    ///
    /// - Throws: ``CollectorError``.
    package init(
        _ configuration: CollectorConfiguration, clock: CollectorClock = .system, logger: Logger
    ) throws(CollectorError) {
        (self.configuration, self.clock, self.logger) = (configuration, clock, logger)
        metricSet = try Self.metricSet(at: configuration.metricSetPath)
        if let path = configuration.signedSetPath {
            registry = try PublishedRegistry(path: path, metricSet: metricSet)
        } else {
            registry = nil
        }
        transport = try Self.transport(configuration.tls)
        do { store = try SQLiteReportStore(path: configuration.storePath, metricSet: metricSet) } catch {
            throw .store(error)
        }
    }

    /// What keeps a collector from starting with a configuration, as far as the files that it names can tell: touches
    /// no store and no address.
    package static func problems(with configuration: CollectorConfiguration) -> [CollectorError] {
        var problems: [CollectorError] = []
        func note(_ check: () throws(CollectorError) -> Void) {
            do throws(CollectorError) { try check() } catch { problems.append(error) }
        }
        note { () throws(CollectorError) in
            let metricSet = try metricSet(at: configuration.metricSetPath)
            guard let path = configuration.signedSetPath else { return }
            _ = try PublishedRegistry(path: path, metricSet: metricSet)
        }
        note { () throws(CollectorError) in _ = try transport(configuration.tls) }
        return problems
    }

    /// Serves until the process is told to stop, by SIGTERM or SIGINT, or the task is cancelled; then finishes what
    /// is under way and closes the store.
    ///
    /// - Parameter announce: is given the URL for batches once it is listened on.
    /// - Throws: ``CollectorError``.
    package func run(announce: @escaping @Sendable (String) -> Void) async throws(CollectorError) {
        // Batches are announced last: whoever reads the line finds health answered too.
        let (healthIsListening, health) = AsyncStream.makeStream(of: Never.self)
        // Services stop in the reverse order: no more requests, then no more connections, health last.
        var services: [any Service] = [DayKeeper(store: store, clock: clock, logger: logger)]
        if let address = configuration.operationsAddress {
            services.append(healthListener(on: address, hasStarted: health))
        } else {
            health.finish()
        }
        services += [uploadListener(startingAfter: healthIsListening, announce: announce), DrainService(drain: drain)]
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: Self.quiet(logger))
        group.maximumGracefulShutdownDuration = .seconds(30)
        var failure: CollectorError?
        do { try await ServiceGroup(configuration: group).run() } catch let error as CollectorError {
            failure = error
        } catch {
            // The task was cancelled, which is no failure of the collector.
        }
        do { try await store.close() } catch { logger.warning("the store was not tidied up: \(error)") }
        if let failure { throw failure }
    }

    private func healthListener(
        on address: ListenAddress, hasStarted: AsyncStream<Never>.Continuation
    ) -> some Service {
        Listener(
            address: address, responder: HealthRoutes(store: store, drain: drain), transport: .http1(), logger: logger
        ) { [logger] in
            logger.notice("health on http://\($0)")
            hasStarted.finish()
        }
    }

    private func uploadListener(
        startingAfter start: AsyncStream<Never>, announce: @escaping @Sendable (String) -> Void
    ) -> some Service {
        let scheme = configuration.tls == nil ? "http" : "https"
        let intake = BatchIntake(admission: BatchAdmission(metricSet), store: store, clock: clock)
        let routes = PublicRoutes(
            uploads: UploadRoute(intake: intake, drain: drain), registry: RegistryRoute(registry))
        return Listener(
            address: configuration.uploadAddress, responder: routes, transport: transport, logger: logger, start: start
        ) { announce("\(scheme)://\($0)") }
    }

    /// The servers' own words are about connections; only warnings are let through.
    static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }

    private static func metricSet(at path: String) throws(CollectorError) -> MetricSet {
        guard let content = try? Data(contentsOf: URL(filePath: path)) else {
            throw .metricSetUnreadable(path: path)
        }
        do { return try MetricSet(decoding: Array(content)) } catch {
            throw .metricSetInvalid(path: path, error)
        }
    }

    private static func transport(_ tls: CollectorConfiguration.TLSFiles?) throws(CollectorError) -> HTTPServerBuilder {
        let http = HTTPServerBuilder.http1(configuration: .init(idleTimeout: .seconds(30)))
        guard let tls else { return http }
        guard let chain = try? NIOSSLCertificate.fromPEMFile(tls.certificatePath), !chain.isEmpty else {
            throw .certificateUnreadable(path: tls.certificatePath)
        }
        guard let key = try? NIOSSLPrivateKey(file: tls.keyPath, format: .pem) else {
            throw .keyUnreadable(path: tls.keyPath)
        }
        var settings = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        settings.minimumTLSVersion = .tlsv12
        settings.applicationProtocols = ["http/1.1"]
        // The context is made here only to find out now, and not at the first connection, whether it can be.
        guard (try? NIOSSLContext(configuration: settings)) != nil,
            let transport = try? HTTPServerBuilder.tls(http, tlsConfiguration: settings)
        else { throw .tlsRefused(certificatePath: tls.certificatePath, keyPath: tls.keyPath) }
        return transport
    }
}
