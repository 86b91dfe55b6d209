import DecoderCommands
import Foundation
import Testing

/// A file in a folder of its own.
final class TemporaryFile {
    let path: String

    init(_ content: [UInt8], name: String = "rows.csv") throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dither-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: name).path(percentEncoded: false)
        try Data(content).write(to: URL(filePath: path))
    }

    convenience init(_ content: String, name: String = "rows.csv") throws {
        try self.init(Array(content.utf8), name: name)
    }

    deinit { try? FileManager.default.removeItem(at: URL(filePath: path).deletingLastPathComponent()) }
}

/// The header, then the rows.
func csvRows(of content: [UInt8]) throws -> [[String]] {
    let file = try TemporaryFile(content)
    var csv = try CSVFile(path: file.path)
    var rows = [csv.header]
    while let row = try csv.nextRow() { rows.append(row) }
    return rows
}

@Suite("CSV files")
struct CSVFileTests {
    @Test(
        "What RFC 4180 allows is read, with LF and with CRLF; where rows have two cells, empty lines are skipped",
        arguments: [
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
            ("a,b\n1,2", [["a", "b"], ["1", "2"]]), ("a,b", [["a", "b"]]), ("a\n", [["a"]]),
            ("a,b\n\"1,5\",\"say \"\"hi\"\"\"\n", [["a", "b"], ["1,5", "say \"hi\""]]),
            ("a,b\n\"two\nlines\",\"two\r\nmore\"\n", [["a", "b"], ["two\nlines", "two\r\nmore"]]),
            ("a,b\n,\n", [["a", "b"], ["", ""]]), ("a,b\n\"\",", [["a", "b"], ["", ""]]),
            ("a\n\"\"\"\"\n\"\"\"\"\"\"\n\"a\"\"\"\n", [["a"], ["\""], ["\"\""], ["a\""]]),
            ("\n\r\na,b\n\n1,\r\n\r\n2,\n\n\n", [["a", "b"], ["1", ""], ["2", ""]]), ("a\n \n", [["a"], [" "]]),
            ("naïve,日本\né,\"𝄞\"\n", [["naïve", "日本"], ["é", "𝄞"]]), ("\"a\",b\n1,2\n", [["a", "b"], ["1", "2"]]),
            ("\u{FEFF}\"a\",b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a\n\u{FEFF}1\n", [["a"], ["\u{FEFF}1"]]),
            ("a\n\0\n", [["a"], ["\0"]]),
        ])
    func accepted(content: String, expected: [[String]]) throws {
        #expect(try csvRows(of: Array(content.utf8)) == expected)
    }

    @Test(
        "In a file of one column an empty line is an empty cell, except before the header and once at the very end",
        arguments: [
            ("a\n\n1\n", ["a", "", "1"]), ("\n\r\na\n\n1\r\n\r\n2\n\n", ["a", "", "1", "", "2"]),
            ("a\n\n\n1\n\n\n", ["a", "", "", "1", ""]), ("a\n\n", ["a"]), ("a\r\n\r\n", ["a"]),
            ("a\n\n\n", ["a", ""]), ("a\n\r\n\r\n", ["a", ""]), ("a\n1\n\n2", ["a", "1", "", "2"]),
            ("a\n\"\"\n", ["a", ""]), ("a\n1\n\"\"", ["a", "1", ""]), ("a\n1\n", ["a", "1"]),
        ])
    func emptyLines(content: String, expected: [String]) throws {
        #expect(try csvRows(of: Array(content.utf8)) == expected.map { [$0] })
    }

    @Test("An empty cell has its line, and the end of the file has its own")
    func placesOfEmptyLines() throws {
        let file = try TemporaryFile("a\n\n1\n\n")
        var csv = try CSVFile(path: file.path)
        for (line, cell) in [(2, ""), (3, "1")] {
            let row = try csv.nextRow()
            #expect(row == [cell] && csv.line == line && !csv.isQuoted(0))
        }
        let end = try csv.nextRow()
        #expect(end == nil)
        #expect(csv.error("nothing", remedy: "Add rows.").message == "\(file.path):5:1: nothing. Add rows.")
    }

    @Test(
        "What is malformed is refused with its place, what is wrong and what to do",
        arguments: [
            ("", "1:1: the file has no row. Write the columns' names in the first."),
            ("\u{FEFF}", "1:1: the file has no row."), ("\n\r\n", "3:1: the file has no row."),
            ("a,b\n1,2\n1\n", "3:1: the row has 1 cell where the header has 2."),
            ("a,b\né,2,3,4\n", "2:5: the row has 4 cells where the header has 2."),
            ("a,b\n1,\"x\ny\",3\n", "3:4: the row has 3 cells"),
            ("a,b\n1,x\"y\n", "2:4: a quotation mark stands inside a cell"),
            ("a,b\n1,\"x\"y\n", "2:6: text stands behind the quotation mark"),
            ("a,b\n1,\"x\"\"\n\n", "2:3: the quotation mark that starts this cell"),
            ("a,b\n\"1\n2\",\"x\n", "3:4: the quotation mark that starts this cell"),
            ("a\n1\r2\n", "2:2: a carriage return stands alone."), ("a\n1\r", "2:2: a carriage return stands alone."),
            ("a\n\n\n1,2\n", "4:3: the row has 2 cells where the header has 1."),
            ("a,b\n\n\n1\n", "4:1: the row has 1 cell where the header has 2."),
        ])
    func refused(content: String, words: String) throws {
        let error = try #require(throws: CommandError.self) { try csvRows(of: Array(content.utf8)) }
        #expect(error.status == .validationFailed)
        #expect(error.message.contains("rows.csv:\(words)"), "\(error.message)")
    }

    @Test("A byte that is not UTF-8 is refused at its place")
    func notUTF8() throws {
        let malformed: [[UInt8]] = [
            [0xFF], [0xC3], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x98], [0xC0, 0x80],
        ]
        for sequence in malformed {
            for (head, tail, place) in [
                ("a,b\né,", "\n", "2:3"), ("a,b\né,\"x\ny", "\"\n", "3:2"), ("a", ",b\n", "1:2"),
            ] {
                let error = try #require(throws: CommandError.self) {
                    try csvRows(of: Array(head.utf8) + sequence + Array(tail.utf8))
                }
                #expect(error.message.hasSuffix("rows.csv:\(place): the text is not UTF-8. Save the file as UTF-8."))
            }
        }
    }

    @Test("A file that is not there and a folder cannot be read, which is status 1")
    func unreadable() {
        for path in ["/nowhere/rows.csv", "/"] {
            let error = #expect(throws: CommandError.self) { _ = try CSVFile(path: path) }
            #expect(error?.status == .runtimeFailure && error?.message.hasPrefix("\(path): cannot be read: ") == true)
        }
    }

    @Test("A column is found by its exact name; one that is missing or double is refused")
    func columns() throws {
        let file = try TemporaryFile("\ncarrier,delay,delay,café\nAA,1,2,3\n")
        var csv = try CSVFile(path: file.path)
        #expect(try csv.column(named: "carrier") == 0 && csv.column(named: "café") == 3)
        _ = try csv.nextRow()
        for (name, words) in [
            ("delay", ":2:1: 2 columns have the name 'delay'."), ("cafe\u{301}", ":2:1: there is no column"),
            ("Carrier", "It has: carrier, delay, delay, café"),
        ] {
            do {
                _ = try csv.column(named: name)
                Issue.record("\(name) was found")
            } catch { #expect(error.status == .validationFailed && error.message.contains(words)) }
        }
    }

    @Test("A caller's error has the place of the cell; lines count line breaks inside cells")
    func positions() throws {
        let file = try TemporaryFile("a,b\n\"x\ny\",1\né,\"\"\n,z\n")
        var csv = try CSVFile(path: file.path)
        #expect(csv.line == 1)
        _ = try csv.nextRow()
        #expect(csv.line == 2)
        #expect(csv.error(inColumn: 1, "bad", remedy: "Fix it.").message == "\(file.path):3:4: bad. Fix it.")
        _ = try csv.nextRow()
        #expect(csv.line == 4 && csv.isQuoted(1) && !csv.isQuoted(0))
        #expect(csv.error(inColumn: 1, "bad", remedy: "Fix it.").message == "\(file.path):4:3: bad. Fix it.")
        _ = try csv.nextRow()
        #expect(!csv.isQuoted(0) && csv.error("bad", remedy: "Fix it.").message == "\(file.path):5:1: bad. Fix it.")
        let end = try csv.nextRow()
        #expect(end == nil)
        #expect(csv.error("nothing", remedy: "Add rows.").message == "\(file.path):6:1: nothing. Add rows.")
    }

    @Test("After an error there are no more rows")
    func afterAnError() throws {
        let file = try TemporaryFile("a\n1,2\n3\n")
        var csv = try CSVFile(path: file.path)
        #expect(throws: CommandError.self) { try csv.nextRow() }
        let next = try csv.nextRow()
        #expect(next == nil)
    }

    @Test("Rows that straddle blocks are whole, up to the limit of a row")
    func blocks() throws {
        let cell = String(repeating: "é", count: 20_001)
        let rows = (0..<40).map { "\($0),\"\(cell)\r\n\"\"\(cell)\"\r\n" }
        let found = try csvRows(of: Array(("n,text\r\n" + rows.joined()).utf8))
        #expect(found.count == 41 && found.dropFirst().allSatisfy { $0[1] == "\(cell)\r\n\"\(cell)" })
        #expect(found.dropFirst().map { $0[0] } == (0..<40).map { String($0) })
        let limit = String(repeating: "x", count: CSVFile.rowByteLimit)
        #expect(try csvRows(of: Array("a\n\(limit)\n".utf8)).count == 2)
        let error = try #require(throws: CommandError.self) { try csvRows(of: Array("a\n1\n\(limit)x\n".utf8)) }
        #expect(error.message.contains("rows.csv:3:1048577: the row is longer than 1048576 bytes"))
    }

    @Test("A pipe is read, however slowly it comes")
    func pipe() async throws {
        let file = try TemporaryFile("")
        let path = file.path + ".pipe"
        #expect(mkfifo(path, 0o600) == 0)
        let writer = Thread {
            let descriptor = open(path, O_WRONLY)
            for byte in Array("\u{FEFF}a,b\n1,\"2\n\"\n".utf8) {
                _ = [byte].withUnsafeBytes { write(descriptor, $0.baseAddress!, 1) }
            }
            close(descriptor)
        }
        writer.start()
        var csv = try CSVFile(path: path)
        let (row, end) = (try csv.nextRow(), try csv.nextRow())
        #expect(csv.header == ["a", "b"] && row == ["1", "2\n"] && end == nil)
    }
}
