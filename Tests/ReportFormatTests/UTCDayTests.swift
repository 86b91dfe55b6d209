import ReportFormat
import TestSupport
import Testing

@Suite("UTC days")
struct UTCDayTests {
    @Test("are the dates that Python's calendar gives them, both ways")
    func datesAgree() throws {
        let rows = try Fixtures.rows("vectors/days.csv")
        try #require(rows.count > 5000)
        let breaches = try rows.filter { row in
            let index = try #require(UInt32(row[0]))
            let day = try #require(UTCDay(index: index))
            return day.description != row[1] || UTCDay(iso: row[1])?.index != index
        }
        #expect(breaches.isEmpty, "\(breaches.count) differ, such as \(breaches.first ?? [])")
    }

    @Test("are not made of texts that are no date, nor of days that no calendar has")
    func malformedTextsAreRefused() throws {
        let texts = try Fixtures.json("vectors/days_malformed.json", as: [String].self)
        try #require(texts.count > 90)
        let accepted = texts.filter { UTCDay(iso: $0) != nil }
        #expect(accepted.isEmpty)
    }

    @Test("end with the year 9999")
    func indicesAreBounded() {
        #expect(UTCDay(index: 2_932_896)?.description == "9999-12-31")
        #expect(UTCDay(index: 2_932_897) == nil)
        #expect(UTCDay(index: .max) == nil)
    }

    @Test("contain their first and last second, and take what lies outside to the nearest day")
    func secondsFallIntoDays() {
        #expect(UTCDay(containing: 0).index == 0)
        #expect(UTCDay(containing: 86_399).index == 0)
        #expect(UTCDay(containing: 86_400).index == 1)
        #expect(UTCDay(containing: 1_798_761_599).description == "2026-12-31")
        #expect(UTCDay(containing: 1_798_761_600).description == "2027-01-01")
        #expect(UTCDay(containing: -1).index == 0)
        #expect(UTCDay(containing: .min).index == 0)
        #expect(UTCDay(containing: .max).description == "9999-12-31")
        #expect(UTCDay(containing: UTCDay(containing: 1_798_761_599).startInSeconds).description == "2026-12-31")
    }

    @Test("move by any number of days without leaving the calendar")
    func daysAdvance() throws {
        let day = try #require(UTCDay(iso: "2028-02-28"))
        #expect(day.advanced(by: 2).description == "2028-03-01")
        #expect(day.advanced(by: -59).description == "2027-12-31")
        #expect(day.advanced(by: .max).description == "9999-12-31")
        #expect(day.advanced(by: .min).description == "1970-01-01")
        #expect(day < day.advanced(by: 1))
    }
}
