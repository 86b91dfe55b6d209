internal import ArgumentParser
internal import CollectorSettings
internal import Foundation

/// One flag for every setting, and the file that may hold them.
struct SettingFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp("A file of settings, in YAML; variables go before it, flags before both.", valueName: "file")
    )
    var config: String?

    @Option(help: .of(.metrics)) var metrics: String?
    @Option(help: .of(.signedMetrics)) var signedMetrics: String?
    @Option(help: .of(.store)) var store: String?
    @Option(help: .of(.listen)) var listen: String?
    @Option(help: .of(.tlsCertificate)) var tlsCertificate: String?
    @Option(help: .of(.tlsKey)) var tlsKey: String?
    @Option(name: [.long, .customLong("health-listen")], help: .of(.operationsListen)) var operationsListen: String?
    @Option(help: .of(.tokens)) var tokens: String?
    @Option(help: .of(.retiredMetrics)) var retiredMetrics: String?
    @Option(help: .of(.maxConnections)) var maxConnections: String?
    @Option(help: .of(.maxConnectionsPerAddress)) var maxConnectionsPerAddress: String?
    @Option(help: .of(.maxRequestsPerMinute)) var maxRequestsPerMinute: String?
    @Option(help: .of(.requestTimeout)) var requestTimeout: String?
    @Option(help: .of(.idleTimeout)) var idleTimeout: String?
    @Option(help: .of(.retentionDays)) var retentionDays: String?
    @Option(help: .of(.retention)) var retention: String?
    @Option(help: .of(.logFormat)) var logFormat: String?
    @Option(help: .of(.logLevel)) var logLevel: String?

    private var given: [SettingKey: String] {
        let flags: [SettingKey: String?] = [
            .metrics: metrics, .signedMetrics: signedMetrics, .store: store, .listen: listen,
            .tlsCertificate: tlsCertificate, .tlsKey: tlsKey, .operationsListen: operationsListen,
            .tokens: tokens, .retiredMetrics: retiredMetrics, .maxConnections: maxConnections,
            .maxConnectionsPerAddress: maxConnectionsPerAddress, .maxRequestsPerMinute: maxRequestsPerMinute,
            .requestTimeout: requestTimeout, .idleTimeout: idleTimeout, .retentionDays: retentionDays,
            .retention: retention, .logFormat: logFormat, .logLevel: logLevel,
        ]
        return flags.compactMapValues { $0 }
    }

    /// What file, environment and flags say together.
    ///
    /// - Throws: ``SettingsError``.
    func effective() throws(SettingsError) -> EffectiveSettings {
        let environment = ProcessInfo.processInfo.environment
        var file: SettingsFile?
        let variable = environment[EffectiveSettings.fileVariable] ?? ""
        if let path = config ?? (variable.isEmpty ? nil : variable) {
            file = try SettingsFile(reading: path)
        }
        return try EffectiveSettings(file: file, environment: environment, flags: given)
    }
}

extension ArgumentHelp {
    /// The help of a setting's flag.
    fileprivate static func of(_ key: SettingKey) -> ArgumentHelp {
        let setting = key.setting
        let standard = setting.standard.map { " (default: \($0))" } ?? ""
        let words =
            if case .choice(let words) = setting.kind { words.joined(separator: "|") } else { setting.valueName }
        return ArgumentHelp("\(setting.summary)\(standard)", valueName: words)
    }
}
