internal import CollectorSettings

/// Bytes for the reader of a collector's settings.
enum SettingsFuzzing {
    static func file(_ bytes: [UInt8]) {
        do throws(SettingsError) {
            let file = try SettingsFile(bytes, path: "settings")
            for (key, entry) in file.entries {
                precondition(key.setting.kind.fault(in: entry.text) == nil, "no unfit value is taken from a file")
                precondition(entry.position.line >= 1 && entry.position.column >= 1, "every value has a place")
            }
            _ = try? EffectiveSettings(file: file, environment: [:], flags: [:])
        } catch {
            precondition(!error.problems.isEmpty, "a refusal says why")
            precondition(error.problems.allSatisfy(\.isInFile), "what is wrong with a file is told of the file")
        }
    }
}
