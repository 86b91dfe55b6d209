import Estimation
import Testing

@testable import DecoderCommands

@Suite("google/rappor's files")
struct RapporFileTests {
    private static let header = "k,h,m,p,q,f\n"

    private static func parameters(_ row: String) throws -> RapporParameters {
        let file = try TemporaryFile(header + row, name: "params.csv")
        return try RapporParameters(reading: file.path)
    }

    private static func counts(_ content: String, _ row: String = "2,1,2,0.25,0.75,0.5") throws -> RapporCounts {
        let file = try TemporaryFile(content, name: "counts.csv")
        return try RapporCounts(reading: file.path, try parameters(row))
    }

    /// The rows of each candidate, and the notes.
    private static func map(
        _ content: String, _ row: String = "4,2,2,0.25,0.75,0.5"
    ) throws -> (candidates: [String], rows: [[Int32]], notes: [String]) {
        let file = try TemporaryFile(content, name: "map.csv")
        var map = try RapporMapFile(path: file.path, try parameters(row))
        var (candidates, all, rows): ([String], [[Int32]], [Int32]) = ([], [], [])
        while let name = try map.next(rows: &rows) {
            candidates.append(name)
            all.append(rows)
        }
        return (candidates, all, map.notes)
    }

    private static func sums(_ content: String) throws -> String {
        let file = try TemporaryFile(content, name: "reports.csv")
        var reports = RapporReports(try parameters("4,1,2,0.25,0.75,0.5"))
        var reader = try CSVReader(path: file.path)
        var progress = Progress("counting")
        try reports.count(&reader, progress: &progress)
        return String(decoding: reports.sums.bytes, as: UTF8.self)
    }

    private func expectRefusal(_ words: String, _ read: () throws -> Void) throws {
        let error = try #require(throws: CommandError.self) { try read() }
        #expect(error.status == .validationFailed)
        #expect(error.message.contains(".csv:\(words)"), "\(error.message)")
        // Every error says what to do.
        #expect([".", "?"].contains(error.message.last))
    }

    @Test(
        "params.csv is read with LF and CRLF, quoted, after a byte order mark, and without a last line break",
        arguments: [
            "k,h,m,p,q,f\n16,2,3,0.25,0.75,0.5\n", "k,h,m,p,q,f\r\n16,2,3,0.25,0.75,0.5\r\n",
            "\"k\",\"h\",\"m\",\"p\",\"q\",\"f\"\n16,2,\"3\",.25,7.5e-1,0.50",
            "\u{FEFF}k,h,m,p,q,f\n16,2,3,0.25,0.75,.5\n\n",
        ])
    func parametersAreRead(content: String) throws {
        let file = try TemporaryFile(content, name: "params.csv")
        let expected = try RapporParameters(
            bitCount: 16, hashCount: 2, cohortCount: 3, clearResponse: 0.25, setResponse: 0.75, permanentNoise: 0.5)
        #expect(try RapporParameters(reading: file.path) == expected)
    }

    @Test(
        "A params.csv that is malformed is refused with its place, what is wrong and what to do",
        arguments: [
            ("", "1:1: the file has no row. Write 'k,h,m,p,q,f'"), ("k,h,m,p,q\n", "1:1: the header is not"),
            ("k,m,h,p,q,f\n8,1,1,.2,.8,.5\n", "1:3: the header is not 'k,h,m,p,q,f'."),
            ("k,h,m,p,q,f\n", "2:1: there are no parameters."),
            ("k,h,m,p,q,f\n8,1,1,.2,.8\n", "2:10: the row has 5 cells where the header has 6."),
            ("k,h,m,p,q,f\n8,1,1,.2,.8,.5,\n", "2:16: the row has 7 cells where the header has 6."),
            ("k,h,m,p,q,f\n8,1,1,.2,.8,.5\n8,1,1,.2,.8,.5\n", "3:1: there is a second row of parameters."),
            ("k,h,m,p,q,f\n8.5,1,1,.2,.8,.5\n", "2:1: k is no whole number."),
            ("k,h,m,p,q,f\n8,-1,1,.2,.8,.5\n", "2:3: h is negative."),
            ("k,h,m,p,q,f\n8,1,,.2,.8,.5\n", "2:5: m is missing."),
            ("k,h,m,p,q,f\n0,1,1,.2,.8,.5\n", "2:1: k is not within 1 to 4096."),
            ("k,h,m,p,q,f\n4097,1,1,.2,.8,.5\n", "2:1: k is not within 1 to 4096."),
            ("k,h,m,p,q,f\n8,1,1,.2,1.8,.5\n", "2:10: q is not within 0 to 1."),
            ("k,h,m,p,q,f\n8,1,1,nan,.8,.5\n", "2:7: p is no number."),
            ("k,h,m,p,q,f\n8,1,1,.2,.8,0x1p-1\n", "2:13: f is no number."),
            ("k,h,m,p,q,f\n8,1,1,.8,.8,.5\n", "2:7: information is lost"),
            ("k,h,m,p,q,f\n8,1,1,.2,.8,1\n", "2:7: information is lost"),
            ("k,h,m,p,q,f\n8,1,1,.2,.8,\"1\n", "2:13: the quotation mark that starts this cell"),
        ])
    func parametersAreRefused(content: String, words: String) throws {
        let file = try TemporaryFile(content, name: "params.csv")
        try expectRefusal(words) { _ = try RapporParameters(reading: file.path) }
    }

    @Test(
        "counts.csv is read in its variants, with unequal and empty cohorts",
        arguments: ["5,3,0\n0,0,0\n", "5,3,0\r\n0,0,0\r\n", "\"5\",\"3\",0\n\n0,0,0", "\u{FEFF}5,3,0\n0,0,0\n"])
    func countsAreRead(content: String) throws {
        #expect(try Self.counts(content) == RapporCounts(cohortSizes: [5, 0], setCounts: [3, 0, 0, 0]))
    }

    @Test(
        "A counts.csv that is malformed is refused with its place, what is wrong and what to do",
        arguments: [
            ("", "1:1: the file has no row. Write one for each cohort"),
            ("5,3\n", "1:3: the row has 2 cells where k = 2 makes it 3."),
            ("5,3,0\n5,3,0,1\n", "2:7: the row has 4 cells where k = 2 makes it 3."),
            ("5,3,0\n", "2:1: the file ends after 1 row where there are 2 cohorts (m)."),
            ("5,3,0\n5,3,0\n5,3,0\n", "3:1: there are more rows than the 2 cohorts (m)."),
            ("5,3,0\n5,-3,0\n", "2:3: the count of bit 0 is negative."),
            ("5,3,0\n-5,3,0\n", "2:1: the number of reports is negative."),
            ("5,3,0\n5,3,6\n", "2:5: the count of bit 1, 6, is above the cohort's 5 reports."),
            ("5,3.0,0\n", "1:3: the count of bit 0 is no whole number."),
            ("5,,0\n", "1:3: the count of bit 0 is missing."),
            ("n,b0,b1\n5,3,0\n5,3,0\n", "1:1: the number of reports is no whole number."),
            ("9007199254740992,0,0\n1,0,0\n", "2:1: there are more than 9007199254740992 reports."),
            ("99999999999999999999999,0,0\n", "1:1: the number of reports is larger than 9007199254740992."),
            ("5,\"3,0\n", "1:3: the quotation mark that starts this cell"),
            ("5,3\"\",0\n", "1:4: a quotation mark stands"),
            ("5,3,0\r5,3,0\r", "1:6: a carriage return stands alone."),
        ])
    func countsAreRefused(content: String, words: String) throws {
        try expectRefusal(words) { _ = try Self.counts(content) }
    }

    @Test(
        "map.csv is read in its variants",
        arguments: [
            "a,1,2,5,8\n\"b,\"\"c\"\"\",4,4,6,7\n,1,1,5,5\n",
            "a,1,2,5,8\r\n\"b,\"\"c\"\"\",4,4,6,7\r\n\"\",1,1,5,5\r\n",
            "\u{FEFF}a,1,\"2\",5,8\n\"b,\"\"c\"\"\",4,NA,6,7\n,NA,1,5,NA",
        ])
    func mapIsRead(content: String) throws {
        let map = try Self.map(content)
        #expect(map.candidates == ["a", "b,\"c\"", ""])
        #expect(map.rows == [[0, 1, 4, 7], [3, 3, 5, 6], [0, 0, 4, 4]] && map.notes.isEmpty)
    }

    @Test("Of strings that are repeated, byte by byte, the first counts, and a note says so")
    func repetitions() throws {
        let map = try Self.map("é,1,2,5,8\na,1,1,5,5\ne\u{301},2,2,5,5\né,3,3,6,6\na,4,4,6,6\n")
        #expect(map.candidates.map { Array($0.utf8) } == ["é", "a", "e\u{301}"].map { Array($0.utf8) })
        #expect(map.rows == [[0, 1, 4, 7], [0, 0, 4, 4], [1, 1, 4, 4]])
        #expect(map.notes.count == 1)
        #expect(
            map.notes.first?.hasSuffix("map.csv: 2 repeated strings are left out; the first row of each counts") == true
        )
    }

    @Test(
        "A map.csv that is malformed is refused with its place, what is wrong and what to do",
        arguments: [
            ("", "1:1: the file has no row. Write one for each candidate"),
            ("a,1,2,5\n", "1:7: the row has 4 cells where m · h = 4 makes it 5."),
            ("a,1,2,5,8\nb,c,1,2,5,8\n", "2:11: the row has 6 cells where m · h = 4 makes it 5."),
            ("a,0,2,5,8\n", "1:3: 0 is no bit of cohort 0, whose bits are 1 to 4."),
            ("a,5,2,5,8\n", "1:3: 5 is no bit of cohort 0, whose bits are 1 to 4."),
            ("é,1,2,5,9\n", "1:9: 9 is no bit of cohort 1, whose bits are 5 to 8."),
            ("a,1,2,4,8\n", "1:7: 4 is no bit of cohort 1, whose bits are 5 to 8."),
            ("a,1,-2,5,8\n", "1:5: the bit of cohort 0 is negative."),
            ("a,1,x,5,8\n", "1:5: the bit of cohort 0 is no whole"),
            ("a,1,,5,8\n", "1:5: the bit of cohort 0 is missing."),
            ("a,1,2,NA,NA\n", "1:7: the candidate sets no bit in cohort 1."),
            ("a,1,2,5,8\n\"b,1,2,5,8\n", "2:1: the quotation mark that starts this cell"),
            ("a\"b,1,2,5,8\n", "1:2: a quotation mark stands inside a cell"),
            ("\"a\"b,1,2,5,8\n", "1:4: text stands behind the quotation mark"),
            ("\"two\nlines\",1,2,5,9\n", "2:14: 9 is no bit of cohort 1"),
        ])
    func mapIsRefused(content: String, words: String) throws {
        try expectRefusal(words) { _ = try Self.map(content) }
    }

    @Test("A map that is no UTF-8 is refused at the byte")
    func mapIsUTF8() throws {
        let file = try TemporaryFile(Array("a,1,2,5,8\né".utf8) + [0xFF] + Array(",1,2,5,8\n".utf8), name: "map.csv")
        var map = try RapporMapFile(path: file.path, try Self.parameters("4,2,2,0.25,0.75,0.5"))
        var rows: [Int32] = []
        try expectRefusal("2:2: the text is not UTF-8.") { while try map.next(rows: &rows) != nil {} }
    }

    @Test(
        "Reports are counted in their variants; irr has the highest bit first, counts the lowest",
        arguments: [
            "client,cohort,bloom,prr,irr\n7,0,,,1000\n8,1,0110,0111,0011\n9,1,,,0001\n",
            "client,cohort,bloom,prr,irr\r\n7,0,,,1000\r\n8,1,\"\",x,0011\r\n9,1,,,\"0001\"\r\n",
        ])
    func reportsAreCounted(content: String) throws {
        #expect(try Self.sums(content) == "1,0,0,0,1\r\n2,2,1,0,0\r\n")
    }

    @Test("A header alone is no report, in each cohort")
    func noReports() throws {
        #expect(try Self.sums("client,cohort,bloom,prr,irr\n") == "0,0,0,0,0\r\n0,0,0,0,0\r\n")
    }

    @Test(
        "Reports that are malformed are refused with their place, what is wrong and what to do",
        arguments: [
            ("", "1:1: the file has no row."),
            ("7,0,,,1000\n", "1:1: the header is not 'client,cohort,bloom,prr,irr'."),
            ("client,cohort,bloom,prr,irr\n7,0,1000\n", "2:5: the row has 3 cells where the header has 5."),
            (
                "client,cohort,bloom,prr,irr\n7,2,,,1000\n",
                "2:3: cohort 2 is none of the 2 (m), which are counted from 0."
            ),
            ("client,cohort,bloom,prr,irr\n7,-1,,,1000\n", "2:3: the cohort is negative."),
            ("client,cohort,bloom,prr,irr\n7,0,,,100\n", "2:7: the report has 3 digits where k = 4."),
            ("client,cohort,bloom,prr,irr\n7,0,,,1020\n", "2:7: the report has a digit that is neither 0 nor 1."),
            ("client,cohort,bloom,prr,irr\n7,0,,,10\u{0}0\n", "2:7: the report has a digit that is neither 0 nor 1."),
        ])
    func reportsAreRefused(content: String, words: String) throws {
        try expectRefusal(words) { _ = try Self.sums(content) }
    }

    @Test("Rows on both sides of a block's end are whole, and errors keep their lines")
    func blocks() throws {
        let rows = (0..<9000).map { "candidate \($0),1,2,5,\($0 % 4 + 5)\n" }.joined()
        let map = try Self.map(rows)
        #expect(map.candidates == (0..<9000).map { "candidate \($0)" })
        #expect(map.rows == (0..<9000).map { [0, 1, 4, Int32($0 % 4 + 4)] })
        try expectRefusal("9001:5: 9 is no bit of cohort 0") { _ = try Self.map(rows + "x,1,9,5,8\n") }
    }

    @Test("Lines are read without their line feeds, and one that is no UTF-8 is refused at its line")
    func lines() throws {
        let file = try TemporaryFile("\u{FEFF}a\r\n\n b", name: "words.csv")
        var lines = try LineReader(pathOrInput: file.path)
        var found: [String] = []
        while let line = try lines.next() { found.append(String(decoding: line, as: UTF8.self)) }
        #expect(found.map { Array($0.utf8) } == ["a\r", "", " b"].map { Array($0.utf8) })
        let malformed = try TemporaryFile(Array("a\n".utf8) + [0xC3, 0x0A], name: "words.csv")
        var other = try LineReader(pathOrInput: malformed.path)
        try expectRefusal("2:1: the text is not UTF-8.") { while try other.next() != nil {} }
    }
}
