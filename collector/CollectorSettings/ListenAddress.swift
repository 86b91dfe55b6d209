/// Where a server listens: a host name or address and a port, or a Unix socket.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// The two kinds of places.
    package enum Place: Hashable, Sendable {
        /// The host without the brackets of an IPv6 address; port 0 lets the system pick one.
        case network(host: String, port: Int)
        /// The path of a socket.
        case unixSocket(path: String)
    }

    /// The longest path that the system takes for a socket, in bytes.
    private static let pathLimit = 107
    private static let unixPrefix = "unix:"

    package let place: Place

    package init(host: String, port: Int) { self.init(place: .network(host: host, port: port)) }

    private init(place: Place) { self.place = place }

    /// Reads `HOST:PORT`, an IPv6 address in brackets, or `unix:/PATH`; `nil` for anything else.
    package init?(_ text: String) {
        if text.hasPrefix(Self.unixPrefix) {
            let path = String(text.dropFirst(Self.unixPrefix.count))
            guard path.hasPrefix("/"), path.utf8.count <= Self.pathLimit, !path.hasSuffix("/"), !path.utf8.contains(0)
            else { return nil }
            self.init(place: .unixSocket(path: path))
            return
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        var host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(digits) else {
            return nil
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: { "[]/@ ".contains($0) }) else { return nil }
        self.init(host: String(host), port: Int(port))
    }

    /// Whether only this machine reaches it: a Unix socket, or the loopback interface by its address or usual name.
    package var isLocal: Bool {
        guard case .network(let host, _) = place else { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return host == "localhost" || host == "::1"
            || parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The address with the port that the system picked, if it did.
    package func withPort(_ port: Int?) -> ListenAddress {
        guard case .network(let host, _) = place, let port else { return self }
        return ListenAddress(host: host, port: port)
    }

    /// The URL of what listens there; of a Unix socket, which has none, the address.
    package func url(scheme: String) -> String {
        if case .unixSocket = place { return description }
        return "\(scheme)://\(self)"
    }

    /// `HOST:PORT`, as it stands in a URL, or `unix:/PATH`.
    package var description: String {
        switch place {
        case .network(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unixSocket(let path): Self.unixPrefix + path
        }
    }
}
