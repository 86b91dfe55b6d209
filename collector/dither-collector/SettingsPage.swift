internal import CollectorSettings
internal import Foundation

/// Effective settings for people, or for programs.
struct SettingsPage {
    private struct Row: Encodable {
        var name: String
        /// `null` where the setting has no value.
        var value: String?
        var source: String

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try container.encode(value, forKey: .value)
            try container.encode(source, forKey: .source)
        }

        private enum CodingKeys: CodingKey { case name, value, source }
    }

    private struct Document: Encodable {
        var schema = OutputSchema.config.rawValue
        var settings: [Row]
        var unknownVariables: [String]

        private enum CodingKeys: String, CodingKey {
            case schema, settings
            case unknownVariables = "unknown_variables"
        }
    }

    private let document: Document

    init(_ settings: EffectiveSettings) {
        let rows = SettingKey.allCases.map { key in
            let value = settings.values[key]
            return Row(name: key.rawValue, value: value?.text, source: Self.source(of: key, value?.origin))
        }
        document = Document(settings: rows, unknownVariables: settings.unknownVariables)
    }

    /// The page, without a line break at its end.
    func text(_ format: SettingsFormat) -> String {
        switch format {
        case .table: table
        case .json: json
        }
    }

    private var table: String {
        let lines = [("SETTING", "VALUE", "SOURCE")] + document.settings.map { ($0.name, $0.value ?? "-", $0.source) }
        let widths = (lines.map(\.0.count).max() ?? 0, lines.map(\.1.count).max() ?? 0)
        let rows = lines.map { name, value, source in
            name.padding(toLength: widths.0 + 2, withPad: " ", startingAt: 0)
                + value.padding(toLength: widths.1 + 2, withPad: " ", startingAt: 0) + source
        }
        let notes = document.unknownVariables.map { "note: the variable \($0) is no setting" }
        return (rows + notes).joined(separator: "\n")
    }

    private var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Safe because texts and lists of them can always be encoded.
        return String(decoding: try! encoder.encode(document), as: UTF8.self)
    }

    private static func source(of key: SettingKey, _ origin: SettingOrigin?) -> String {
        switch origin {
        case nil: "not set"
        case .standard: "default"
        case .file(let path, let position): "\(path):\(position.line)"
        case .environment: key.variable
        case .flag: key.flag
        }
    }
}
