internal import CollectorSettings
internal import Hummingbird
internal import HummingbirdCore
package import Logging
internal import MetricDefinitions
internal import NIOCore
internal import PostgresClient
internal import ServiceLifecycle
internal import UnixSignals

/// A whole collector: store, listeners and the order in which they start and stop.
package struct CollectorServer: Sendable {
    private let configuration: CollectorConfiguration
    private let clock: CollectorClock
    private let logger: Logger
    private let metrics: ServedMetrics
    private let gatekeeper: Gatekeeper
    private let identity: TLSIdentity?
    private let store: any ReportStore
    private let drain = DrainSwitch()
    private let figures = IngestFigures()
    private let quotas = IngestQuotas()
    private let manager: ServiceManager
    private let watch: StoreWatch

    /// Loads and opens everything but the listeners.
    ///
    /// - Parameter otherStore: is written to in the place of the one that the configuration names.
    /// - Throws: ``CollectorError``.
    package init(
        _ configuration: CollectorConfiguration, clock: CollectorClock = .system, logger: Logger,
        manager: ServiceManager = ServiceManager(environment: [:]), otherStore: (any ReportStore)? = nil
    ) throws(CollectorError) {
        (self.configuration, self.clock, self.logger, self.manager) = (configuration, clock, logger, manager)
        let offer = try MetricOffer(configuration)
        metrics = ServedMetrics(offer)
        gatekeeper = Gatekeeper(try AccessControl(tokensAt: configuration.tokensPath))
        if let files = configuration.tls { identity = try TLSIdentity(files) } else { identity = nil }
        if let otherStore {
            store = otherStore
        } else {
            do { store = try Self.store(at: configuration.storePath, metricSet: offer.metricSet) } catch {
                throw .store(error)
            }
        }
        watch = StoreWatch(store, logger: logger)
    }

    /// What keeps a collector from starting with a configuration, or from being of use, as far as the files that it
    /// names can tell: touches no store and no address.
    ///
    /// - Parameter now: in seconds since 1970.
    package static func problems(with configuration: CollectorConfiguration, now: Int64) -> [CollectorError] {
        var problems: [CollectorError] = []
        func note(_ check: () throws(CollectorError) -> Void) {
            do throws(CollectorError) { try check() } catch { problems.append(error) }
        }
        note { () throws(CollectorError) in _ = try MetricOffer(configuration) }
        note { () throws(CollectorError) in
            if let files = configuration.tls { try TLSIdentity(files).checkEnd(now: now) }
        }
        note { () throws(CollectorError) in _ = try AccessControl(tokensAt: configuration.tokensPath) }
        return problems
    }

    /// Serves until the process is told to stop, by SIGTERM or SIGINT, or the task is cancelled; then finishes what
    /// is under way and closes the store.
    ///
    /// - Parameter announce: is given the URL for batches once it is listened on.
    /// - Throws: ``CollectorError``.
    package func run(announce: @escaping @Sendable (String) -> Void) async throws(CollectorError) {
        do throws(StoreError) {
            let today = clock.today
            quotas.resume(try await store.granted(on: today), on: today)
        } catch { throw .store(error) }
        // It is shown all the same: a collector that does not start is no better.
        do throws(CollectorError) { try identity?.checkEnd(now: clock.now) } catch { logger.warning("\(error)") }
        let limits = attainableLimits, ledger = ConnectionLedger(limits)
        // Batches are announced last: whoever reads the line finds operators answered too.
        let (operationsAreListening, operationsStarted) = AsyncStream.makeStream(of: Never.self)
        let (batchesAreListenedFor, uploadsStarted) = AsyncStream.makeStream(of: Never.self)
        // Services stop in the reverse order: no more requests, then no more connections, operations last.
        let reloader = Reloader(
            configuration, store: store, metrics: metrics, gatekeeper: gatekeeper, identity: identity, clock: clock,
            logger: logger)
        var services: [any Service] = [
            Heartbeat(manager: manager, watch: watch),
            DayKeeper(store: store, clock: clock, metrics: metrics, logger: logger, figures: figures, quotas: quotas),
            ReloadService(reloader: reloader, manager: manager, start: batchesAreListenedFor),
        ]
        if let address = configuration.operationsAddress {
            services.append(operationsListener(on: address, reloader, ledger, hasStarted: operationsStarted))
        } else {
            operationsStarted.finish()
        }
        services += [
            uploadListener(
                limits, ledger, startingAfter: operationsAreListening, hasStarted: uploadsStarted, announce: announce),
            DrainService(drain: drain),
        ]
        services.append(ManagedLife(manager: manager))
        var group = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) } + StoreGuard.configurations(guarding: store),
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Self.quiet(logger))
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

    private func operationsListener(
        on address: ListenAddress, _ reloader: Reloader, _ ledger: ConnectionLedger,
        hasStarted: AsyncStream<Never>.Continuation
    ) -> some Service {
        Listener(
            address: address, responder: operations(reloader, ledger),
            transport: GuardedChannel.server(.operations, ConnectionLedger(.operations), identity: nil),
            logger: logger
        ) { [logger] in
            logger.notice("operations on \($0.url(scheme: "http"))")
            hasStarted.finish()
        }
    }

    private func operations(_ reloader: Reloader, _ ledger: ConnectionLedger) -> OperationsRoutes {
        OperationsRoutes(
            store: store, watch: watch, drain: drain, figures: figures, clock: clock,
            metrics: metrics, reloader: reloader,
            connections: { ledger.counts }, gatekeeper: gatekeeper,
            isLocal: configuration.operationsAddress?.isLocal ?? true, identity: identity)
    }

    private func uploadListener(
        _ limits: ListenerLimits, _ ledger: ConnectionLedger, startingAfter start: AsyncStream<Never>,
        hasStarted: AsyncStream<Never>.Continuation, announce: @escaping @Sendable (String) -> Void
    ) -> some Service {
        let scheme = configuration.tls == nil ? "http" : "https"
        let intake = BatchIntake(
            metrics: metrics, store: store, clock: clock, quotas: quotas, retiredMetrics: configuration.retiredMetrics,
            figures: figures)
        let routes = PublicRoutes(
            uploads: UploadRoute(intake: intake, drain: drain, gatekeeper: gatekeeper, figures: figures),
            registry: RegistryRoute(metrics, figures: figures),
            rate: RequestRate(limit: limits.requestCountPerMinute), figures: figures)
        let transport = GuardedChannel.server(limits, ledger, identity: identity)
        return Listener(
            address: configuration.uploadAddress, responder: MeasuredRoutes(routes, figures: figures),
            transport: transport, logger: logger, start: start
        ) { [manager] in
            announce($0.url(scheme: scheme))
            manager.tellReady()
            hasStarted.finish()
        }
    }

    /// The limits, with no more connections than the process may have files.
    private var attainableLimits: ListenerLimits {
        var limits = configuration.limits
        let room = DescriptorLimit.raise()
        if room < limits.connectionCount {
            logger.warning(
                "only \(room) of \(limits.connectionCount) connections fit; raise the limit of open files (LimitNOFILE)"
            )
            limits.connectionCount = room
        }
        return limits
    }

    /// The servers' own words are about connections; only warnings are let through.
    static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }

    private static func store(
        at place: String, metricSet: MetricSet
    ) throws(StoreError) -> any ReportStore {
        guard PostgresAddress.isMeant(by: place) else {
            return try SQLiteReportStore(path: place, metricSet: metricSet)
        }
        let address: PostgresAddress
        do { address = try PostgresAddress(place) } catch { throw .postgres(error) }
        return try PostgresReportStore(address, metricSet: metricSet)
    }
}
