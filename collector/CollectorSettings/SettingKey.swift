/// Every setting of a collector. Its raw value is its key in the file; variable and flag follow from it.
///
/// A new setting is a case here, an entry in ``setting``, a flag in `SettingFlags`, and its use in
/// `CollectorConfiguration`; the compiler and the tests ask for each of them.
package enum SettingKey: String, Hashable, Sendable, CaseIterable {
    case metrics
    case signedMetrics = "signed_metrics"
    case store
    case listen
    case tlsCertificate = "tls_certificate"
    case tlsKey = "tls_key"
    case operationsListen = "operations_listen"
    case tokens
    case retiredMetrics = "retired_metrics"
    case maxConnections = "max_connections"
    case maxConnectionsPerAddress = "max_connections_per_address"
    case maxRequestsPerMinute = "max_requests_per_minute"
    case requestTimeout = "request_timeout"
    case idleTimeout = "idle_timeout"
    case retentionDays = "retention_days"
    case retention
    case logFormat = "log_format"
    case logLevel = "log_level"

    /// What may be set, and what it is for.
    package var setting: Setting {
        switch self {
        case .metrics: Setting(.file, valueName: "set", "The compiled metric set.", isRequired: true)
        case .signedMetrics:
            Setting(.file, valueName: "signed", "A signed set, which agents get at /v1/registry.")
        case .store:
            Setting(
                .store, valueName: "store", "The store: an SQLite file, or a postgres:// URL; made if there is none.",
                isRequired: true)
        case .listen:
            Setting(
                .address, valueName: "host:port", "Where to accept batches; port 0 picks one.", isRequired: true)
        case .tlsCertificate:
            Setting(.file, valueName: "pem", "The server's certificate and its intermediates, in PEM.")
        case .tlsKey: Setting(.file, valueName: "pem", "The certificate's private key, in PEM.")
        case .operationsListen:
            Setting(.address, valueName: "host:port", "Where to answer /healthz, /readyz and /metrics, by HTTP.")
        case .tokens: Setting(.file, valueName: "file", "The tokens that clients must show.")
        case .retiredMetrics:
            Setting(.numbers, valueName: "ids", "Metrics to end on all devices for good, by their ids, such as 7,9.")
        case .maxConnections:
            Setting(.count(1...1_000_000), standard: "10000", valueName: "count", "The most connections at once.")
        case .maxConnectionsPerAddress:
            Setting(
                .count(0...1_000_000), standard: "0", valueName: "count",
                "The most connections from one address at once; 0 for no limit.")
        case .maxRequestsPerMinute:
            Setting(
                .count(0...1_000_000), standard: "0", valueName: "count",
                "The most requests a minute from one address; 0 for no limit.")
        case .requestTimeout:
            Setting(
                .count(1...300), standard: "10", valueName: "seconds",
                "In how many seconds the head of a request has to come, and then its body.")
        case .idleTimeout:
            Setting(
                .count(1...3_600), standard: "30", valueName: "seconds",
                "After how many seconds without a request a connection ends.")
        case .retentionDays:
            Setting(
                .count(DayCounts.range), valueName: "days", "For how many days to keep reports; without it for ever.")
        case .retention:
            Setting(.dayCounts, valueName: "metric=days,…", "The same for single metrics, such as destination=90.")
        case .logFormat:
            Setting(.choice(["text", "json"]), standard: "text", valueName: "format", "How to log.")
        case .logLevel:
            Setting(
                .choice(["debug", "info", "notice", "warning", "error"]), standard: "notice", valueName: "level",
                "The least level to log.")
        }
    }

    /// What every variable of a collector begins with.
    package static let variablePrefix = "DITHER_COLLECTOR_"

    /// The environment variable, such as `DITHER_COLLECTOR_TLS_KEY`.
    package var variable: String { Self.variablePrefix + rawValue.uppercased() }

    /// The flag, such as `--tls-key`.
    package var flag: String { "--" + String(rawValue.map { $0 == "_" ? "-" : $0 }) }
}

/// What a setting takes, and what it is for.
package struct Setting: Sendable {
    package let kind: SettingKind
    /// What it is where nobody sets it; `nil` for nothing.
    package let standard: String?
    /// The placeholder of its value in help.
    package let valueName: String
    /// One sentence.
    package let summary: String
    /// Whether a collector cannot run without it.
    package let isRequired: Bool

    init(
        _ kind: SettingKind, standard: String? = nil, valueName: String, _ summary: String, isRequired: Bool = false
    ) {
        (self.kind, self.standard, self.valueName) = (kind, standard, valueName)
        (self.summary, self.isRequired) = (summary, isRequired)
    }
}
