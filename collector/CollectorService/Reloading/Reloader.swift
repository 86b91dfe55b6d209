package import Logging

/// Rereads the files that a collector was started with, on SIGHUP or when an operator asks.
///
/// Each of them is exchanged whole or stays as it was: metric set and signed set together, the certificate, the tokens.
/// Nothing that is under way notices.
package actor Reloader {
    /// What came of a rereading.
    package struct Outcome: Hashable, Sendable {
        /// What was read and holds now, sound or the same as before.
        package var renewed: [String] = []
        /// What stays as it was, and why.
        package var kept: [CollectorError] = []
    }

    private let configuration: CollectorConfiguration
    private let store: any ReportStore
    private let metrics: ServedMetrics
    private let gatekeeper: Gatekeeper
    private let identity: TLSIdentity?
    private let clock: CollectorClock
    private let logger: Logger

    package init(
        _ configuration: CollectorConfiguration, store: any ReportStore, metrics: ServedMetrics, gatekeeper: Gatekeeper,
        identity: TLSIdentity?, clock: CollectorClock = .system, logger: Logger
    ) {
        (self.configuration, self.store, self.metrics) = (configuration, store, metrics)
        (self.gatekeeper, self.identity, self.clock, self.logger) = (gatekeeper, identity, clock, logger)
    }

    /// Rereads everything and says what came of it, in the log too.
    package func reload() async -> Outcome {
        var outcome = Outcome()
        do throws(CollectorError) {
            try await reloadMetrics()
            outcome.renewed.append("metrics")
        } catch { outcome.kept.append(error) }
        if let identity {
            do throws(CollectorError) {
                try identity.exchange()
                outcome.renewed.append("certificate")
            } catch { outcome.kept.append(error) }
        }
        if configuration.tokensPath != nil {
            do throws(CollectorError) {
                gatekeeper.replace(by: try AccessControl(tokensAt: configuration.tokensPath))
                outcome.renewed.append("tokens")
            } catch { outcome.kept.append(error) }
        }
        do throws(CollectorError) { try identity?.checkEnd(now: clock.now) } catch { logger.warning("\(error)") }
        for error in outcome.kept { logger.error("kept what was read before: \(error)") }
        if !outcome.renewed.isEmpty { logger.notice("reread: \(outcome.renewed.joined(separator: ", "))") }
        return outcome
    }

    /// The store knows the definitions before a report of them can come.
    private func reloadMetrics() async throws(CollectorError) {
        let offer = try MetricOffer(configuration)
        do { try await store.enter(offer.metricSet) } catch { throw .store(error) }
        metrics.replace(by: offer)
    }
}
