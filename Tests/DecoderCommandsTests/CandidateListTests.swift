import DecoderCommands
import Foundation
import RegistryCompiler
import Testing

@Suite("Candidates are read from a column of a CSV file")
struct CandidateListTests {
    @Test("Each distinct cell is one, in the order of the file; the first column, unless one is named")
    func order() throws {
        let file = try TemporaryFile(
            "code,city\nZRH,Zürich\nAMS,\"Amsterdam, NL\"\nZRH,Zürich\nGVA,\"\"\n,\nBSL,Basel\n")
        let codes = try CandidateList(reading: CandidateSource(path: file.path, column: nil))
        #expect(codes.texts == ["ZRH", "AMS", "GVA", "BSL"].map { Array($0.utf8) })
        #expect(
            codes.notes == ["\(file.path): 1 repeated cell is left out", "\(file.path): 1 empty cell is left out"])
        let cities = try CandidateList(reading: CandidateSource(path: file.path, column: "city"))
        // Only the cell between quotation marks is an empty text.
        #expect(cities.texts == ["Zürich", "Amsterdam, NL", "", "Basel"].map { Array($0.utf8) })
    }

    @Test(
        "In a file of one column no empty cell is a candidate: neither an empty line nor what Python's csv writes for it"
    )
    func oneColumn() throws {
        for content in ["code\nZRH\n\nAMS\n\n\n", "code\r\nZRH\r\n\"\"\r\nAMS\r\n\"\"\r\n"] {
            let file = try TemporaryFile(content)
            let list = try CandidateList(reading: CandidateSource(path: file.path, column: "code"))
            #expect(list.texts == ["ZRH", "AMS"].map { Array($0.utf8) })
            #expect(list.notes == ["\(file.path): 2 empty cells are left out"])
        }
    }

    @Test("Texts are compared byte by byte: two spellings of one character are two candidates")
    func spellings() throws {
        let file = try TemporaryFile("name\ncafé\ncafe\u{301}\ncafé\n")
        let list = try CandidateList(reading: CandidateSource(path: file.path, column: "name"))
        #expect(list.texts == [Array("café".utf8), Array("cafe\u{301}".utf8)])
        #expect(list.notes == ["\(file.path): 1 repeated cell is left out"])
    }

    @Test("What no device can report, too many, and a file without any are refused at their place with status 4")
    func refused() throws {
        let longest = String(repeating: "é", count: 127)
        let cases: [(content: String, column: String?, limit: Int, words: String)] = [
            (
                "a,b\n1,\(longest)\n1,\(longest)x\n", "b", 9,
                ":3:3: the candidate has 255 bytes. Values have at most 254"
            ),
            ("a\n", nil, 9, ":2:1: there is no candidate. Write one in each row."),
            ("a,b\n,1\n", nil, 9, ":3:1: there is no candidate."),
            ("a\n\"\"\n", nil, 9, ":3:1: there is no candidate."),
            ("a\n1\n2\n1\n3\n", nil, 2, ":5:1: there are more than 2 candidates. Look for fewer at a time."),
            ("a,b\n1,2\n", "c", 9, ":1:1: there is no column 'c'. It has: a, b"),
            ("", nil, 9, ":1:1: the file has no row."),
        ]
        for (content, column, limit, words) in cases {
            let file = try TemporaryFile(content)
            let error = try #require(throws: CommandError.self) {
                try CandidateList(reading: CandidateSource(path: file.path, column: column), limit: limit)
            }
            #expect(error.status == .validationFailed)
            #expect(error.message.hasPrefix(file.path + words), "\(error.message)")
        }
    }

    @Test("FILE:COLUMN is split where the file exists, the longest first; a colon in its name is its own")
    func option() throws {
        let plain = try TemporaryFile("a\n1\n", name: "rows.csv"), odd = try TemporaryFile("a\n1\n", name: "rows:b.csv")
        for (option, path, column) in [
            (plain.path, plain.path, nil), (plain.path + ":a", plain.path, "a"), (odd.path, odd.path, nil),
            (odd.path + ":a", odd.path, "a"), (plain.path + ":a:b", plain.path, "a:b"),
            ("none.csv:a", "none.csv", "a"), ("none.csv", "none.csv", nil),
        ] {
            let source = try CandidateSource(option: option)
            #expect(source == CandidateSource(path: path, column: column), "\(option)")
        }
        for option in ["", ":", ":a", plain.path + ":"] {
            let error = try #require(throws: CommandError.self) { try CandidateSource(option: option) }
            #expect(error.status == .usage && error.message.contains("FILE:COLUMN"), "\(option)")
        }
    }
}
