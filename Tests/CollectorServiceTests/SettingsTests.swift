import CollectorService
import CollectorSettings
import Foundation
import TestSupport
import Testing

@Suite("Settings")
struct SettingsTests {
    private static let sound = "metrics: m.set\nstore: r.db\nlisten: 127.0.0.1:0\n"

    private func file(_ text: String) throws(SettingsError) -> SettingsFile {
        try SettingsFile(Array(text.utf8), path: "c.yaml")
    }

    private func refusal(_ text: String) -> [String] {
        do throws(SettingsError) {
            _ = try file(text)
            return []
        } catch { return error.problems.map(\.description) }
    }

    @Test("A flag goes before a variable, a variable before the file, the file before the default")
    func precedence() throws {
        let file = try file(Self.sound + "log_level: error\nlog_format: json\n")
        let settings = try EffectiveSettings(
            file: file, environment: ["DITHER_COLLECTOR_LOG_LEVEL": "info", "DITHER_COLLECTOR_STORE": "e.db"],
            flags: [.logLevel: "debug"])
        #expect(settings.values[.logLevel] == .init(text: "debug", origin: .flag))
        #expect(settings.values[.store] == .init(text: "e.db", origin: .environment))
        #expect(
            settings.values[.logFormat]
                == .init(text: "json", origin: .file(path: "c.yaml", .init(line: 5, column: 1))))
        let plain = try EffectiveSettings(file: try self.file(Self.sound), environment: [:], flags: [:])
        #expect(plain.values[.logFormat] == .init(text: "text", origin: .standard))
        #expect(plain[.tlsKey] == nil)
    }

    @Test("An empty variable sets nothing, and one that is no setting is named")
    func oddVariables() throws {
        let settings = try EffectiveSettings(
            file: try file(Self.sound),
            environment: [
                "DITHER_COLLECTOR_STORE": "", "DITHER_COLLECTOR_PORT": "tcp://10.0.0.1:80",
                "DITHER_COLLECTOR_CONFIG": "c", "DITHER_ENDPOINT": "x",
            ],
            flags: [:])
        #expect(settings[.store] == "r.db")
        #expect(settings.unknownVariables == ["DITHER_COLLECTOR_PORT"])
    }

    @Test(
        "A faulty file is refused with line, column and remedy",
        arguments: [
            ("listen: 127.0.0.1:0\ntls_kye: k\n", "c.yaml:2:1: there is no such setting; did you mean 'tls_key'?"),
            ("tls-key: k\n", "c.yaml:1:1: there is no such setting; did you mean 'tls_key'?"),
            (
                "store: a\nlisten: 127.0.0.1:0\nstore: b\n",
                "c.yaml:3:1: store is set a second time; keep one of the lines"
            ),
            ("listen:\n  host: x\n", "c.yaml:2:3: listen takes a single value; write it in one line, without a tag"),
            ("listen: !!int 3\n", "c.yaml:1:9: listen takes a single value; write it in one line, without a tag"),
            ("tls_key:\n", "c.yaml:1:1: tls_key is empty; remove it, or give it a value"),
            (
                "listen: 80\n",
                "c.yaml:1:1: listen 80 is no HOST:PORT; write it like 127.0.0.1:8080, [::1]:8080 or "
                    + "unix:/run/dither.sock"
            ),
            (
                "log_level: loud\n",
                "c.yaml:1:1: log_level loud is none of debug, info, notice, warning, error; name one"
            ),
            ("store: &a x\nlisten: *a\n", "c.yaml:2:9: this reads as a YAML alias; write out what it stands for"),
            ("- listen\n", "c.yaml:1:1: this is no setting; write it like listen: 127.0.0.1:8080"),
            (
                "listen: a: b\n",
                "c.yaml:1:10: this is not YAML: mapping values are not allowed in this context; "
                    + "check indentation, quotes and colons here and before"
            ),
            (
                "store: postgres://dither:secret@db/reports\n",
                "c.yaml:1:1: store holds a password, which others can read there; put it in the file that PGPASSFILE names"
            ),
        ])
    func faultyFile(text: String, problem: String) { #expect(refusal(text) == [problem]) }

    @Test("Everything that is wrong with a file is told at once")
    func allProblems() {
        #expect(refusal("liste: x\nlog_format: xml\nstroe: y\n").count == 3)
    }

    @Test("A file that only has comments sets nothing, and one that is too long, or no UTF-8, is refused")
    func extremes() throws {
        #expect(try file("# nothing\n").entries.isEmpty)
        #expect(try file("").entries.isEmpty)
        #expect(throws: SettingsError.self) { try file(String(repeating: "#", count: SettingsFile.byteLimit + 1)) }
        #expect(throws: SettingsError.self) { try SettingsFile([0x6C, 0xFF], path: "c.yaml") }
        #expect(throws: SettingsError.self) { try SettingsFile(reading: "/nonexistent/c.yaml") }
    }

    @Test("What a collector cannot do without is asked for, by every name that it has")
    func missing() {
        do throws(SettingsError) {
            _ = try EffectiveSettings(file: nil, environment: [:], flags: [.tlsKey: "k", .listen: "x"])
            Issue.record("nothing was missed")
        } catch {
            #expect(
                error.problems.map(\.description) == [
                    "metrics is not set; give --metrics, DITHER_COLLECTOR_METRICS, or metrics in the file of --config",
                    "store is not set; give --store, DITHER_COLLECTOR_STORE, or store in the file of --config",
                    "--listen x is no HOST:PORT; write it like 127.0.0.1:8080, [::1]:8080 or unix:/run/dither.sock",
                    "tls_key is set and tls_certificate is not; set both, or neither",
                ])
            #expect(error.exitCode == 2)
        }
    }

    @Test("Every default is fit, every name is one of its kind, and no two settings share one")
    func table() {
        for key in SettingKey.allCases {
            if let standard = key.setting.standard { #expect(key.setting.kind.fault(in: standard) == nil, "\(key)") }
            #expect(key.rawValue.allSatisfy { $0.isLowercase || $0 == "_" || $0.isNumber }, "\(key)")
            #expect(key.setting.summary.hasSuffix("."), "\(key)")
        }
    }

    @Test("A store is a file or a database; what looks like another thing is refused, and no file of that name made")
    func stores() {
        let kind = SettingKind.store
        for text in [
            "reports.db", "/var/lib/reports.db", "./file:reports.db", "a folder/x:y.db", "postgres://db/reports",
        ] {
            #expect(kind.fault(in: text) == nil, "\(text)")
        }
        for text in [":memory:", "file:reports.db", "postgres:reports", "postgresq://db/reports", "mysql://db/reports"]
        {
            #expect(kind.fault(in: text)?.contains("neither a file nor a postgres:// URL") == true, "\(text)")
        }
    }

    @Test("The sample file is sound and shows every setting")
    func sample() throws {
        let url = Fixtures.packageRoot.appending(path: "collector/packaging/collector.yaml")
        let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
        let settings = try EffectiveSettings(file: try file(text), environment: [:], flags: [:])
        #expect(CollectorConfiguration(settings) != nil)
        // With every line that is commented out, it is sound, too, and complete.
        let keys = SettingKey.allCases.map(\.rawValue)
        let lines = text.split(separator: "\n").map { line in
            keys.contains { line.hasPrefix("#\($0):") } ? String(line.dropFirst()) : String(line)
        }
        let full = try file(lines.joined(separator: "\n"))
        #expect(Set(full.entries.keys) == Set(SettingKey.allCases))
    }

    @Test("Days by metric are read in one spelling, and everything else is refused")
    func dayCounts() {
        #expect(DayCounts("destination=90,carrier=1")?.byName == ["destination": 90, "carrier": 1])
        for text in ["", "a", "a=", "=3", "a=0", "a=-1", "a=1,", "a=1,a=2", "a=01", "a=1 ,b=2", "a=1=2", "a=365001"] {
            #expect(DayCounts(text) == nil, "\(text)")
        }
    }
}
