/// A place in a settings file, both counted from 1.
package struct SettingPosition: Hashable, Sendable, Comparable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) { (self.line, self.column) = (line, column) }

    package static func < (left: Self, right: Self) -> Bool { (left.line, left.column) < (right.line, right.column) }
}

/// Where a value was set.
package enum SettingOrigin: Hashable, Sendable {
    /// Nowhere: it is what it is without being set.
    case standard
    case file(path: String, SettingPosition)
    case environment
    case flag
}

/// One thing that is wrong with what a collector was told.
package enum SettingsProblem: Hashable, Sendable {
    /// The settings file cannot be read.
    case fileUnreadable(path: String)
    /// The settings file is longer than ``SettingsFile/byteLimit``.
    case fileTooLong(path: String)
    /// The settings file is no YAML; the problem and its remedy come in a sentence.
    case notYAML(path: String, SettingPosition, String)
    /// The file holds something else than one mapping of keys to single values.
    case notFlat(path: String, SettingPosition, String)
    case unknownKey(path: String, SettingPosition, suggestion: String)
    case repeatedKey(path: String, SettingPosition, key: String)
    /// The value is none of the setting's kind; the fault is ``SettingKind/fault(in:)``.
    case unfit(SettingKey, SettingOrigin, fault: String)
    /// A collector cannot run without this.
    case missing(SettingKey)
    /// The second is set, and the first, which it needs, is not.
    case incomplete(SettingKey, for: SettingKey)

    /// Whether the file is at fault, and not the command or its environment.
    package var isInFile: Bool {
        switch self {
        case .fileUnreadable, .fileTooLong, .notYAML, .notFlat, .unknownKey, .repeatedKey: true
        case .unfit(_, .file, _): true
        case .unfit, .missing, .incomplete: false
        }
    }
}

/// Everything that is wrong with what a collector was told, so that one run names it all.
package struct SettingsError: Error, Hashable, Sendable {
    /// At least one.
    package let problems: [SettingsProblem]

    init(_ problems: [SettingsProblem]) { self.problems = problems }

    /// 2 for a wrong command or environment; 4 if only the file is unsound.
    package var exitCode: Int32 { problems.allSatisfy(\.isInFile) ? 4 : 2 }
}

extension SettingOrigin {
    /// What names a setting there: `--tls-key`, its variable, or the line of its key.
    package func place(of key: SettingKey) -> String {
        switch self {
        case .standard: "the default of \(key.rawValue)"
        case .file(let path, let position): "\(path):\(position.line):\(position.column): \(key.rawValue)"
        case .environment: key.variable
        case .flag: key.flag
        }
    }
}

extension SettingsProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .fileUnreadable(let path): "--config \(path) cannot be read; name a settings file in YAML"
        case .fileTooLong(let path):
            "--config \(path) has more than \(SettingsFile.byteLimit) bytes; name a settings file in YAML"
        case .notYAML(let path, let position, let sentence), .notFlat(let path, let position, let sentence):
            "\(path):\(position.line):\(position.column): \(sentence)"
        case .unknownKey(let path, let position, let suggestion):
            "\(path):\(position.line):\(position.column): there is no such setting; \(suggestion)"
        case .repeatedKey(let path, let position, let key):
            "\(path):\(position.line):\(position.column): \(key) is set a second time; keep one of the lines"
        case .unfit(let key, let origin, let fault): "\(origin.place(of: key)) \(fault)"
        case .missing(let key):
            "\(key.rawValue) is not set; give \(key.flag), \(key.variable), or \(key.rawValue) in the file of --config"
        case .incomplete(let key, let other):
            "\(other.rawValue) is set and \(key.rawValue) is not; set both, or neither"
        }
    }
}

extension SettingsError: CustomStringConvertible {
    /// One line for each problem.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
