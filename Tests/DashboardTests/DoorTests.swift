import Testing

@testable import Dashboard

@Suite("Where a dashboard is, and who is let in")
struct DoorTests {
    @Test("Two addresses are taken, and no name")
    func addresses() throws {
        let newer = try #require(LoopbackAddress("[::1]:8080"))
        #expect(newer.host == "::1" && newer.port == 8080 && newer.description == "[::1]:8080")
        #expect(newer.hostFields == ["[::1]:8080", "localhost:8080"])
        #expect(try #require(LoopbackAddress("127.0.0.1:0")).port == 0)
        #expect(
            try #require(LoopbackAddress(port: 80)).hostFields == [
                "127.0.0.1:80", "localhost:80", "127.0.0.1", "localhost",
            ])
        #expect(LoopbackAddress(port: 65_536) == nil && LoopbackAddress(port: -1) == nil)
        for text in [
            "", ":80", "80", "localhost:80", "0.0.0.0:80", "127.0.0.2:80", "::1:80", "[::]:80", "[::1]", "127.0.0.1",
            "127.0.0.1:",
            "127.0.0.1:+1", "127.0.0.1:65536", "127.0.0.1:８０", "127.1:80", "unix:/tmp/x", "127.0.0.1:80 ",
        ] {
            #expect(LoopbackAddress(text) == nil, "\(text)")
        }
    }

    @Test("Token, cookie and path are drawn apart, have 256 bits each, and nothing near them opens")
    func keys() throws {
        let keys = try AccessKeys(), others = try AccessKeys()
        let cookie = String(try #require(keys.setCookie.split(separator: ";").first))
        let value = String(try #require(cookie.split(separator: "=").last))
        #expect(keys.token.count == 64 && value.count == 64 && keys.folder.count == 66)
        #expect(Set([keys.token, value, String(keys.folder.dropFirst().dropLast()), others.token]).count == 4)
        #expect(keys.isToken(keys.token) && keys.isLetIn(cookies: [cookie]) && keys.isLetIn(cookies: ["a=b", cookie]))
        #expect(keys.isLetIn(cookies: ["dither_dashboard=x; \(cookie)"]))
        for token in [
            "", value, others.token, String(keys.token.dropLast()), keys.token + "0", keys.token.uppercased() + "A",
            String(keys.token.reversed()),
        ] where token != keys.token {
            #expect(!keys.isToken(token))
            #expect(!keys.isLetIn(cookies: ["dither_dashboard=\(token)"]) || token == value)
        }
        #expect(!keys.isLetIn(cookies: []) && !keys.isLetIn(cookies: ["", "=", cookie.dropLast() + ""]))
        #expect(!keys.isLetIn(cookies: ["x" + cookie, "dither_dashboar=\(value)", value]))
    }

    @Test("A saved file's name is of letters, digits, _ and -, and short")
    func names() {
        #expect(FileShelf.name("departed_late-estimates") == "departed_late-estimates")
        #expect(FileShelf.name("../\"x\r\n.exe") == "____x___exe")
        #expect(FileShelf.name("=HYPERLINK(é)") == "_HYPERLINK____")
        #expect(FileShelf.name(String(repeating: "x", count: 500)).count == 120)
    }
}
