internal import Foundation
internal import Glibc
package import Logging

/// Writes one line for each event to standard error: words for people, or a JSON object for programs.
///
/// Every event is the collector's own: nothing is logged because of a request, so a time tells nothing about a sender.
package struct LineLogHandler: LogHandler {
    /// What a line looks like.
    package enum Format: String, Sendable, CaseIterable {
        /// `2026-11-22T10:00:00Z warning: the disk is full`
        case text
        /// `{"time":"2026-11-22T10:00:00Z","level":"warning","message":"the disk is full"}`
        case json
    }

    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let format: Format
    private let secondsSinceEpoch: @Sendable () -> Int64
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - secondsSinceEpoch: the clock, from 1970-01-01T00:00:00Z.
    ///   - write: takes each line with its line break; by default to standard error, in one call so that lines of
    ///     several threads do not mix.
    package init(
        _ format: Format, level: Logger.Level,
        secondsSinceEpoch: @escaping @Sendable () -> Int64 = { Int64(time(nil)) },
        write: @escaping @Sendable (String) -> Void = Self.writeToStandardError
    ) {
        (self.format, logLevel, self.secondsSinceEpoch, self.write) = (format, level, secondsSinceEpoch, write)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.map { ($0.key, "\($0.value)") }.sorted {
            $0.0 < $1.0
        }
        let time = Self.timestamp(secondsSinceEpoch())
        switch format {
        case .text:
            let details = fields.map { " \($0.0)=\(Self.oneLine($0.1))" }.joined()
            write("\(time) \(event.level): \(Self.oneLine("\(event.message)"))\(details)\n")
        case .json:
            let own = [("time", time), ("level", "\(event.level)"), ("message", "\(event.message)")]
            // A field of metadata never replaces one of these.
            let names = Set(own.map(\.0))
            let members = (own + fields.filter { !names.contains($0.0) })
                .map { "\(Self.quoted($0.0)):\(Self.quoted($0.1))" }
            write("{\(members.joined(separator: ","))}\n")
        }
    }

    package static func writeToStandardError(_ line: String) {
        let bytes = Array(line.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }

    private static func timestamp(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }

    /// A message of several lines would look like several events.
    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }

    /// A JSON text (RFC 8259, 7).
    private static func quoted(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
