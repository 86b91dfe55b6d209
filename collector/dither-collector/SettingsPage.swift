internal import CollectorService
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

    /// Prints the page, and on standard error what the environment has that is no setting.
    ///
    /// - Throws: ``CollectorError/outputFailed(errno:)``.
    func write(as format: OutputFormat) throws(CollectorError) {
        let text =
            switch format {
            case .table, .csv: table.rendered(as: format, schema: .config)
            case .json: json + "\n"
            }
        try Output.write(text)
        guard format != .json else { return }
        for name in document.unknownVariables { Main.complain("note: the variable \(name) is no setting") }
    }

    private var table: ResultTable {
        var table = ResultTable(columns: ["name", "value", "source"])
        for row in document.settings {
            table.append([.text(row.name), row.value.map { .text($0) } ?? .nothing, .text(row.source)])
        }
        return table
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
