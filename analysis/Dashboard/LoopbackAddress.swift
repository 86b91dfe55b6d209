/// Where a dashboard listens: an address that this machine alone reaches, and a port.
struct LoopbackAddress: Hashable, Sendable, CustomStringConvertible {
    /// Without the brackets of IPv6.
    let host: String
    /// 0 lets the system pick a free one.
    var port: Int

    /// `127.0.0.1` and a port.
    init?(port: Int) {
        guard (0...65_535).contains(port) else { return nil }
        (host, self.port) = ("127.0.0.1", port)
    }

    /// Reads `127.0.0.1:PORT` or `[::1]:PORT`; `nil` for anything else. No name is looked up: what it stands for is somebody
    /// else's to decide.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(digits) else {
            return nil
        }
        switch text[..<colon] {
        case "127.0.0.1": host = "127.0.0.1"
        case "[::1]": host = "::1"
        default: return nil
        }
        self.port = Int(port)
    }

    /// As it stands in a URL.
    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// What a browser on this machine calls it in the field `Host`. A page of another site that has made its own name mean
    /// 127.0.0.1 calls it by that name.
    var hostFields: Set<String> {
        let names = [host.contains(":") ? "[\(host)]" : host, "localhost"]
        return Set(names.map { "\($0):\(port)" } + (port == 80 ? names : []))
    }
}
