import CollectorService
import Foundation
import Logging
import Synchronization
import Testing

@Suite("The log") struct LineLogHandlerTests {
    /// What a logger of a format writes while `body` runs.
    private func lines(
        _ format: LineLogHandler.Format, level: Logger.Level = .info, _ body: (Logger) -> Void
    ) -> [String] {
        let written = Written()
        let handler = LineLogHandler(
            format, level: level, secondsSinceEpoch: { 1_790_000_000 }, write: { written.add($0) })
        body(Logger(label: "test") { _ in handler })
        return written.lines
    }

    private final class Written: Sendable {
        private let all = Mutex<[String]>([])

        func add(_ line: String) { all.withLock { $0.append(line) } }

        var lines: [String] { all.withLock { $0 } }
    }

    @Test("A text line has time, level, message and details, and stays one line")
    func text() {
        let lines = lines(.text) { $0.warning("the disk\nis full", metadata: ["free": "0"]) }
        #expect(lines == ["2026-09-21T14:13:20Z warning: the disk is full free=0\n"])
    }

    @Test("A JSON line is one object, whatever the message holds")
    func json() throws {
        let message = "a \"quoted\" \\ line\nbreak \u{1} and ü"
        let lines = lines(.json) { $0.error("\(message)", metadata: ["level": "forged", "path": "/x"]) }
        #expect(lines.count == 1 && lines[0].hasSuffix("}\n") && lines[0].filter(\.isNewline).count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: String])
        #expect(
            object == ["time": "2026-09-21T14:13:20Z", "level": "error", "message": message, "path": "/x"])
    }

    @Test("What is below the level is not written")
    func levels() {
        #expect(
            lines(.text, level: .warning) {
                $0.notice("n")
                $0.warning("w")
            }.count == 1)
    }
}
