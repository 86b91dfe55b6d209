import LocalPrivacy
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@Suite("Metric definitions")
struct MetricDefinitionTests {
    private static func fresh(valueCount: Int, reportsAbsence: Bool) throws -> RandomizedResponse {
        try RandomizedResponse(
            configuration: .init(
                declared: MechanismDeclaration(
                    epsilon: try Epsilon(thousandths: 1000), valueCount: valueCount, reportsAbsence: reportsAbsence)))
    }

    private static func fields() throws -> MetricDefinition.Fields {
        var fields = MetricDefinition.Fields()
        (fields.identifier, fields.version, fields.name) = (1, 1, "departed_late")
        fields.lifetime = .budget(try PrivacyBudget(thousandths: 120_000))
        (fields.whenAbsent, fields.minimumReports) = (.value(.boolean(false)), 1)
        fields.expiry = .never(reason: "A metric of the tests")
        return fields
    }

    private func expect(
        _ expected: MetricDefinitionError, sourceLocation: SourceLocation = #_sourceLocation,
        mechanism: (any LocalRandomizer)? = nil, _ change: (inout MetricDefinition.Fields) -> Void
    ) throws {
        var fields = try Self.fields()
        change(&fields)
        let mechanism = try mechanism ?? Self.fresh(valueCount: 2, reportsAbsence: false)
        #expect(throws: expected, sourceLocation: sourceLocation) {
            try MetricDefinition(fields, mechanism: mechanism)
        }
    }

    @Test("name the field that is wrong")
    func wrongFieldsAreNamed() throws {
        try expect(.identifierOutOfRange(0)) { $0.identifier = 0 }
        try expect(.identifierOutOfRange(1 << 31)) { $0.identifier = 1 << 31 }
        try expect(.versionOutOfRange(0)) { $0.version = 0 }
        try expect(.versionOutOfRange(.max)) { $0.version = .max }
        let names = ["", "Departed", "1st", "_late", "departed-late", "späte", String(repeating: "a", count: 65)]
        for name in names { try expect(.malformedName(name)) { $0.name = name } }
        try expect(.malformedText(field: "description")) { $0.summary = "a\u{1b}[2J" }
        try expect(.malformedText(field: "description")) { $0.summary = String(repeating: "é", count: 1001) }
        for control in ["\n", "\u{7f}", "\u{9b}", "\u{2028}", "\u{202e}", "\u{2066}"] {
            try expect(.malformedText(field: "owner")) { $0.owner = "a\(control)b" }
        }
        try expect(.malformedText(field: "expires")) { $0.expiry = .never(reason: "") }
        try expect(.minimumReportsOutOfRange(0)) { $0.minimumReports = 0 }
        try expect(.minimumReportsOutOfRange(1_000_000_001)) { $0.minimumReports = 1_000_000_001 }
        try expect(.absentItemOutOfDomain) { $0.whenAbsent = .value(.category("x")) }
        try expect(.absentItemOutOfDomain) { $0.whenAbsent = .value(.number(0)) }
    }

    @Test("have distinct, printable category names")
    func categoriesAreChecked() throws {
        let cases: [(Int, [String])] = [
            (0, ["", "b"]), (1, ["a", "a"]), (1, ["a", "(none)"]), (1, ["a", "b\u{7}"]),
            (0, [String(repeating: "a", count: 255), "b"]),
            (1, ["\u{e9}", "e\u{301}"]),  // One name in two spellings: an event could not say which it means.
        ]
        for (position, names) in cases {
            try expect(.malformedCategory(position: position)) { $0.domain = .category(names) }
        }
    }

    @Test("agree with their mechanism on the items, on memory and on the cap")
    func mechanismMustFit() throws {
        try expect(
            .itemCountMismatch(domain: 2, mechanism: 3), mechanism: Self.fresh(valueCount: 3, reportsAbsence: false)
        ) { _ in }
        try expect(
            .itemCountMismatch(domain: 3, mechanism: 3), mechanism: Self.fresh(valueCount: 3, reportsAbsence: false)
        ) {
            $0.whenAbsent = .none
        }
        try expect(.absenceNeedsMemoization, mechanism: Self.fresh(valueCount: 2, reportsAbsence: true)) {
            $0.whenAbsent = .last
        }
        try expect(.wrongCap) { $0.lifetime = .memoized(reports: 1, distinctValues: 1) }
        try expect(.capOutOfRange) { $0.lifetime = .budget(.zero) }
        try expect(.combinationNeedsBoolean) {
            $0.domain = .category(["a", "b"])
            $0.combination = .any
        }
        let memoized = try memoizedMetric().mechanism
        for (reports, distinctValues) in [(0, 1), (3661, 1), (1, 0), (1, 65_537), (-1, -1)] {
            try expect(.capOutOfRange, mechanism: memoized) {
                ($0.domain, $0.whenAbsent) = (.category(["a", "b", "c"]), .last)
                $0.lifetime = .memoized(reports: reports, distinctValues: distinctValues)
            }
        }
        try expect(.absenceNeedsMemoization, mechanism: memoized) {
            ($0.domain, $0.whenAbsent) = (.category(["a", "b", "c"]), .none)
            $0.lifetime = .memoized(reports: 1, distinctValues: 1)
        }
    }

    @Test("say how long a device reports, what that takes, and what absence becomes")
    func derivedFactsFollow() throws {
        let boolean = try booleanMetric(), category = try categoryMetric(), memoized = try memoizedMetric()
        #expect((boolean.periodCap, category.periodCap, memoized.periodCap) == (120, 50, 365))
        #expect(boolean.lifetimeBudget.thousandths == 120_000)
        #expect(memoized.lifetimeBudget.thousandths == 6_000)
        #expect(!boolean.isMemoized && memoized.isMemoized)
        #expect(boolean.absentInput == .item(0))
        #expect(category.absentInput == .absent && memoized.absentInput == .absent)
        #expect(try booleanMetric(whenAbsent: .skip).absentInput == nil)
        #expect(boolean.itemLabels == ["false", "true"])
        #expect(category.itemLabels == ["AA", "B6", "DL", "UA", "(none)"])
        #expect(boolean.fingerprint.encoded == Array(boolean.definitionHash.prefix(8)))
        let day = try #require(UTCDay(iso: "2027-06-30"))
        #expect(!Expiry.lastDay(day).isPast(on: day) && Expiry.lastDay(day).isPast(on: day.advanced(by: 1)))
        #expect(!Expiry.never(reason: "stays").isPast(on: day))
    }

    @Test("turn a recorded value into an item, or say why not without saying the value")
    func valuesBecomeItems() throws {
        let boolean = MetricDomain.boolean, category = MetricDomain.category(["AA", "é"])
        #expect(try boolean.input(for: .boolean(false)).input == .item(0))
        #expect(try boolean.input(for: .boolean(true)).input == .item(1))
        #expect(try category.input(for: .category("e\u{301}")).input == .item(1))
        #expect(throws: MetricValueError.unknownCategory) { try category.input(for: .category("(none)")) }
        #expect(throws: MetricValueError.wrongType(expected: "boolean")) { try boolean.input(for: .category("true")) }
        #expect(throws: MetricValueError.wrongType(expected: "category")) { try category.input(for: .boolean(true)) }
        #expect(try boolean.value(parsing: "true") == .boolean(true))
        #expect(try category.value(parsing: "AA") == .category("AA"))
        for text in ["", "TRUE", "1", "yes", " true"] {
            #expect(throws: MetricValueError.notABoolean) { try boolean.value(parsing: text) }
        }
        #expect(throws: MetricValueError.unknownCategory) { try category.value(parsing: "aa") }
    }

    @Test("take numbers in decimal alone, though Swift reads others")
    func decimals() throws {
        let domain = MetricDomain.number(try #require(NumberRange(low: -10, high: 10)))
        for (text, number) in [
            ("0", 0), ("-5", -5), ("+5", 5), ("007", 7), ("312.5", 312.5), ("-0.25", -0.25), (".5", 0.5), ("1e3", 1000),
            ("1.5E-3", 0.0015), ("2e+2", 200), ("1e0005", 100_000), ("1e308", 1e308),
            ("0.1000000000000000055511151231257827021181583404541015625", 0.1),
        ] as [(String, Double)] {
            #expect(try domain.value(parsing: text) == .number(number), "\(text)")
        }
        let refused = [
            "", "+", "-", ".", "e", "e3", "5.", "5.e3", "1e", "1e+", "1e1.5", "--1", "+-1", "1-", "1 ", " 1",
            "1\n", "\t1", "1\0", "0x10", "0x1p3", "1p3", "nan", "-nan", "nan(1)", "inf", "+inf", "infinity", "1,5",
            "1_000", "1.2.3", "1e999", "-1e999", "١", "１", "1\u{301}", "−1",
        ]
        for text in refused {
            #expect(throws: MetricValueError.notANumber, "\(text)") { try domain.value(parsing: text) }
        }
    }
}
