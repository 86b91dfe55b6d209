internal import Foundation
internal import Mechanisms
public import RegistryCompiler

/// The values that an estimate of a metric of type string looks for.
public struct CandidateList: Hashable, Sendable {
    /// The most that are looked for.
    public static let countLimit = 1 << 24

    /// Where they were read.
    public let source: CandidateSource

    /// The values as UTF-8, each once, in the order of the file.
    public let texts: [[UInt8]]

    /// What was left out and why, as sentences.
    public let notes: [String]

    /// Reads the candidates of a CSV file: each distinct cell of the column is one, compared byte by byte. An empty cell
    /// is none, unless it stands between quotation marks in a file of several columns. In a file of one column, writers
    /// of CSV put the marks around every empty cell, so there they tell nothing.
    ///
    /// - Parameters:
    ///   - source: the file and the column.
    ///   - limit: the most distinct values that are taken.
    /// - Throws: ``CommandError``: of status 1 if the file cannot be read, and 4 for what is wrong in it.
    /// - Complexity: one pass; memory for the distinct values.
    public init(reading source: CandidateSource, limit: Int = countLimit) throws(CommandError) {
        var file = try CSVFile(path: source.path)
        let column = if let name = source.column { try file.column(named: name) } else { 0 }
        var texts: [[UInt8]] = []
        var known: Set<[UInt8]> = []
        var (duplicateCount, emptyCount) = (0, 0)
        while let row = try file.nextRow() {
            let text = Array(row[column].utf8)
            guard !text.isEmpty || file.isQuoted(column) && file.header.count > 1 else {
                emptyCount += 1
                continue
            }
            guard text.count <= InputDomain.textByteLimit else {
                throw file.error(
                    inColumn: column, "the candidate has \(text.count) bytes",
                    remedy: "Values have at most \(InputDomain.textByteLimit); leave it out.")
            }
            guard known.insert(text).inserted else {
                duplicateCount += 1
                continue
            }
            guard texts.count < limit else {
                throw file.error(
                    inColumn: column, "there are more than \(limit) candidates",
                    remedy: "Look for fewer at a time.")
            }
            texts.append(text)
        }
        guard !texts.isEmpty else { throw file.error("there is no candidate", remedy: "Write one in each row.") }
        (self.source, self.texts) = (source, texts)
        notes = [
            Self.leftOut(duplicateCount, "repeated", in: source), Self.leftOut(emptyCount, "empty", in: source),
        ].compactMap(\.self)
    }

    private static func leftOut(_ count: Int, _ kind: String, in source: CandidateSource) -> String? {
        guard count > 0 else { return nil }
        return "\(source.path): \(count == 1 ? "1 \(kind) cell is" : "\(count) \(kind) cells are") left out"
    }
}

extension CandidateSource {
    /// Reads `FILE` or `FILE:COLUMN`. Of all ways to split it, the one with the longest file that exists is meant.
    ///
    /// - Throws: ``CommandError`` of status 2 where a name is missing.
    public init(option text: String) throws(CommandError) {
        guard let (path, column) = Self.parts(text), !path.isEmpty, column?.isEmpty != true else {
            throw CommandError(
                .usage, "--candidates '\(text)': is no FILE or FILE:COLUMN. Write, such as, airports.csv:code")
        }
        self.init(path: path, column: column)
    }

    private static func parts(_ text: String) -> (path: String, column: String?)? {
        let splits = text.indices.reversed().filter { text[$0] == ":" }
            .map { (path: String(text[..<$0]), column: String?(String(text[text.index(after: $0)...]))) }
        let choices = [(path: text, column: String?.none)] + splits
        // A file that is not there is named as the reader meant it, before the last colon.
        return choices.first { FileManager.default.fileExists(atPath: $0.path) } ?? splits.first ?? choices.first
    }
}
