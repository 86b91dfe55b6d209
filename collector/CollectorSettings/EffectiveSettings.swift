/// What a collector was told in all: a flag goes before a variable, a variable before the file, the file before the
/// default.
package struct EffectiveSettings: Sendable {
    /// A value and where it was set.
    package struct Value: Hashable, Sendable {
        package let text: String
        package let origin: SettingOrigin

        package init(text: String, origin: SettingOrigin) { (self.text, self.origin) = (text, origin) }
    }

    /// The values of all settings that have one.
    package let values: [SettingKey: Value]
    /// Variables that look like settings and are none, such as those that Kubernetes makes of a service of that name.
    package let unknownVariables: [String]

    /// Puts together what was said. A value that another one overrides must be sound all the same.
    ///
    /// - Throws: ``SettingsError`` with everything that is wrong.
    package init(
        file: SettingsFile?, environment: [String: String], flags: [SettingKey: String]
    ) throws(SettingsError) {
        var values: [SettingKey: Value] = [:]
        var problems: [SettingsProblem] = []
        for key in SettingKey.allCases {
            values[key] = key.setting.standard.map { Value(text: $0, origin: .standard) }
            if let file, let entry = file.entries[key] {
                values[key] = Value(text: entry.text, origin: .file(path: file.path, entry.position))
            }
            // An empty variable is one that is not set: a unit cannot unset what another file of it has set.
            if let text = environment[key.variable], !text.isEmpty {
                values[key] = Value(text: text, origin: .environment)
                if let fault = key.setting.kind.fault(in: text) {
                    problems.append(.unfit(key, .environment, fault: fault))
                }
            }
            if let text = flags[key] {
                values[key] = Value(text: text, origin: .flag)
                if let fault = key.setting.kind.fault(in: text) { problems.append(.unfit(key, .flag, fault: fault)) }
            }
            if key.setting.isRequired, values[key] == nil { problems.append(.missing(key)) }
        }
        for (key, other) in [(SettingKey.tlsCertificate, SettingKey.tlsKey), (.tlsKey, .tlsCertificate)]
        where values[key] == nil && values[other] != nil {
            problems.append(.incomplete(key, for: other))
        }
        guard problems.isEmpty else { throw SettingsError(problems) }
        self.values = values
        let known = Set(SettingKey.allCases.map(\.variable) + [Self.fileVariable])
        unknownVariables = environment.keys.filter { $0.hasPrefix(SettingKey.variablePrefix) && !known.contains($0) }
            .sorted()
    }

    /// The variable that names the settings file, as `--config` does.
    package static let fileVariable = SettingKey.variablePrefix + "CONFIG"

    /// The value of a setting; `nil` where it has none.
    package subscript(key: SettingKey) -> String? { values[key]?.text }

    /// The value of a setting that is an address.
    package func address(_ key: SettingKey) -> ListenAddress? { self[key].flatMap { ListenAddress($0) } }

    /// The value of a setting that is a number.
    package func count(_ key: SettingKey) -> Int? { self[key].flatMap { Int($0) } }

    /// Whether a setting that is true or false is true.
    package func isTrue(_ key: SettingKey) -> Bool { self[key] == "true" }
}
