import Foundation
import MetricDefinitions
import TestSupport
import Testing

@testable import RegistryCompiler

@Suite("Generated code")
struct GeneratedCodeTests {
    /// Names of categories that cannot be identifiers as they are, that collide, or that hold the languages' own signs.
    static let awkward = [
        "default", "self", "init", "none", "allCases", "24.04", "2404", "C", "C++", "C#", "日本", "Zürich",
        "Zu\u{308}rich!",
        "value10", "New York", "NEW YORK", "newYork", "a\"b\\c", "*/ // /*", "??/", "case", "_", " ", "$(rm)",
        "a\u{200E}b", "c_1", "H", "%s",
    ]

    /// A set with names of metrics that collide with each other and with types.
    static func awkwardSet() throws -> MetricSet {
        let template = try categoryMetric(categories: awkward)
        var metrics: [MetricDefinition] = []
        let names = ["a_b", "a.b", "ab", "a_b_2", "string", "swift", "record_ab", "metrics"]
        for (index, name) in names.enumerated() {
            var fields = MetricDefinition.Fields()
            (fields.identifier, fields.version, fields.name) = (UInt32(index + 1), 1, name)
            fields.summary = "*/ /* ?" + "?/ \"quoted\" \\"
            (fields.domain, fields.lifetime, fields.whenAbsent) = (template.domain, template.lifetime, .none)
            (fields.minimumReports, fields.expiry) = (1, .never(reason: "A metric of the tests"))
            metrics.append(try MetricDefinition(fields, mechanism: template.mechanism))
        }
        return try testMetricSet(metrics: metrics)
    }

    private func compile(_ compiler: String, _ flags: [String], _ source: String, extension ending: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(source, to: "flights_metrics.h")
        let program = """
            #include "flights_metrics.h"
            #include "flights_metrics.h"
            int main(void) { return sizeof(dither_agent) == 8 ? 0 : 1; }

            """
        try folder.write(program, to: "main." + ending)
        let include = Fixtures.packageRoot.appending(path: "clients/CTelemetryAgent/include")
        let warnings = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"]
        try check(
            [compiler] + flags + warnings + ["-I", include.path(percentEncoded: false), folder.path("main." + ending)])
    }

    /// Runs a compiler, which has to be content.
    private func check(_ words: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        let complaint = Pipe()
        process.standardError = complaint
        try process.run()
        let text = String(decoding: try complaint.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(words.prefix(2)): \(text)")
    }

    @Test("The header compiles as C99, C11 and C++ without a warning, whatever the names are")
    func headers() throws {
        let kinds = try testMetricSet(metrics: [
            try booleanMetric(), try categoryMetric(), try memoizedMetric(), try rapporMetric(), try sketchMetric(),
            try meanMetric(),
        ])
        for set in [kinds, try Self.awkwardSet()] {
            let header = try GeneratedCode.text(of: set, in: .c)
            for standard in ["c99", "c11"] { try compile("gcc", ["-std=" + standard], header, extension: "c") }
            for standard in ["c++11", "c++17"] { try compile("g++", ["-std=" + standard], header, extension: "cpp") }
        }
    }

    @Test("The header has a function for each type of metric, and constants for the categories")
    func header() throws {
        let set = try testMetricSet(metrics: [
            try booleanMetric(), try memoizedMetric(), try rapporMetric(), try meanMetric(),
        ])
        let header = try GeneratedCode.text(of: set, in: .c)
        for line in [
            "static inline int flights_record_departed_late(dither_agent agent, int value)\n",
            "    return dither_record_boolean(agent, \"departed_late\", value);\n",
            "typedef enum flights_category_home_airport {\n    FLIGHTS_HOME_AIRPORT_EWR = 0,\n",
            "static inline int flights_record_home_airport(dither_agent agent, flights_category_home_airport value)\n",
            "static inline int flights_record_destination(dither_agent agent, const char *text, size_t length)\n",
            "static inline int flights_record_air_time(dither_agent agent, double number)\n",
            "/* Did the flight leave more than 15 minutes late? */\n",
        ] { #expect(header.contains(line), "\(line)") }
        #expect(try GeneratedCode.text(of: set, in: .c, prefix: "airline").contains("int airline_record_air_time("))
    }

    @Test("Swift has a namespace with a function for each metric, and an enumeration for each category's values")
    func swift() throws {
        let set = try testMetricSet(metrics: [try booleanMetric(), try memoizedMetric(), try meanMetric()])
        let code = try GeneratedCode.text(of: set, in: .swift)
        for line in [
            "enum FlightsMetrics {\n", "    enum HomeAirportValue: String, CaseIterable, Sendable {\n",
            "        case ewr = \"EWR\"\n", "    static func recordDepartedLate(\n        _ value: Bool, on agent:",
            "try agent.record(.category(value.rawValue), for: \"home_airport\")\n", "_ value: Double, on agent:",
        ] { #expect(code.contains(line), "\(line)") }
        #expect(try GeneratedCode.text(of: set, in: .swift, prefix: "Telemetry").contains("\nenum Telemetry {\n"))
    }

    @Test("Swift compiles without a warning, whatever the names are")
    func awkwardSwift() throws {
        let folder = try TemporaryFolder()
        // What the code needs of the two modules; the example in Swift is built with the modules themselves.
        let declarations = """
            enum MetricValue { case boolean(Bool), category(String), text(String), number(Double) }
            struct AgentError: Error {}
            struct MetricSetError: Error {}
            struct MetricSet { init(hexadecimal: String) throws(MetricSetError) {} }
            protocol EventRecorder { func record(_ value: MetricValue, for name: String) throws(AgentError) }

            """
        let code = try GeneratedCode.text(of: try Self.awkwardSet(), in: .swift)
        let lines = code.components(separatedBy: "\n").filter { !$0.hasPrefix("import ") }
        try folder.write(declarations + lines.joined(separator: "\n"), to: "metrics.swift")
        try check([
            "swiftc", "-typecheck", "-parse-as-library", "-swift-version", "6", "-warnings-as-errors",
            folder.path("metrics.swift"),
        ])
    }

    @Test("Equal names get their id or position, the first stays as it is, and no two are equal after that")
    func unique() throws {
        let names = IdentifierWords.unique([
            ("a", "0"), ("b", "1"), ("a", "2"), ("a_2", "3"), ("a", "4"), ("a_2", "4"), ("a_2", "4"),
        ])
        #expect(names == ["a", "b", "a_2_", "a_2", "a_4", "a_2_4", "a_2_4_"])
        let code = try GeneratedCode.text(of: try Self.awkwardSet(), in: .swift)
        for line in [
            "static func recordAB(", "static func recordAB_2(", "static func recordAb(", "static func recordAB2(",
            "case `default` = \"default\"", "case self_ = \"self\"", "case init_ = \"init\"", "case none_ = \"none\"",
            "case allCases_ = \"allCases\"", "case _24_04 = \"24.04\"", "case _2404 = \"2404\"", "case c = \"C\"",
            "case c_8 = \"C++\"", "case c_9 = \"C#\"", "case value10 = \"日本\"", "case zurich = \"Zürich\"",
            "case value10_13 = \"value10\"", "case newYork = \"New York\"", "case newYork_15 = \"NEW YORK\"",
            "case aBC = \"a\\\"b\\\\c\"", "case `case` = \"case\"", "case aB = \"a\\u{200e}b\"", "case c1 = \"c_1\"",
        ] { #expect(code.contains(line), "\(line)") }
    }

    @Test("A prefix that is no identifier, is reserved or belongs to dither.h is refused")
    func prefixes() throws {
        let set = try testMetricSet()
        for prefix in ["", "1a", "a-b", "a b", "é", "class", "a;"] {
            for language in GeneratedCode.Language.allCases {
                #expect(throws: GeneratedCode.Failure.unfitPrefix(prefix)) {
                    try GeneratedCode.text(of: set, in: language, prefix: prefix)
                }
            }
        }
        for prefix in ["dither", "DITHER_x", "_x"] {
            #expect(throws: GeneratedCode.Failure.unfitPrefix(prefix)) {
                try GeneratedCode.text(of: set, in: .c, prefix: prefix)
            }
        }
        let foreign = try testMetricSet(project: "日本")
        for language in GeneratedCode.Language.allCases {
            #expect(throws: GeneratedCode.Failure.noPrefix) { try GeneratedCode.text(of: foreign, in: language) }
        }
    }

    @Test("A file that is up to date is left alone, and another is replaced")
    func writing() throws {
        let folder = try TemporaryFolder(), path = folder.path("x.h")
        func identity() throws -> NSNumber? {
            try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? NSNumber
        }
        try GeneratedCode.write("one", to: path)
        let first = try identity()
        try GeneratedCode.write("one", to: path)
        #expect(try identity() == first)
        try GeneratedCode.write("two", to: path)
        #expect(try folder.text("x.h") == "two")
        try GeneratedCode.write("on", to: path)
        #expect(try folder.text("x.h") == "on")
    }
}
