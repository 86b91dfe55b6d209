internal import Foundation

/// The stored results: each row's latest.
struct ResultFile: Codable {
    /// What readers of the file tell its versions by.
    static let currentSchema = "dither-benchmarks/1"

    var schema = ResultFile.currentSchema
    var machine: Machine
    var rows: [RowResult] = []

    /// The results that a file holds; none if there is no file, or one of another schema or another machine.
    init(at path: String, on machine: Machine) {
        self.machine = machine
        guard let data = FileManager.default.contents(atPath: path),
            let stored = try? JSONDecoder().decode(ResultFile.self, from: data), stored.schema == schema,
            stored.machine.processor == machine.processor, stored.machine.processorCount == machine.processorCount
        else { return }
        rows = stored.rows
    }

    /// Takes results in the place of earlier ones, and forgets rows that there are no more.
    mutating func merge(_ results: [RowResult], order: [String]) {
        let fresh = Dictionary(uniqueKeysWithValues: results.map { ($0.name, $0) })
        let earlier = Dictionary(rows.map { ($0.name, $0) }) { $1 }
        rows = order.compactMap { fresh[$0] ?? earlier[$0] }
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try (try encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
