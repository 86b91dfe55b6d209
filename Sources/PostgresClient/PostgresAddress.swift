internal import CPostgres

/// Where a PostgreSQL database is: a URL of libpq's, `postgres://user@host:port/database?key=value`.
///
/// What it prints never holds a secret. Passwords come by libpq's own ways: a password file or a service file.
public struct PostgresAddress: Hashable, Sendable {
    struct Setting: Hashable, Sendable {
        var keyword: String
        var value: String
    }

    /// What the URL sets, in libpq's order.
    let settings: [Setting]

    /// Whether a text means a database and no file.
    public static func isMeant(by text: String) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// Reads a URL.
    ///
    /// - Throws: ``PostgresError/malformedAddress``, ``PostgresError/passwordInAddress``.
    public init(_ text: String) throws(PostgresError) {
        // libpq's words about a URL that is none quote it, and it may hold a password: they are not asked for.
        guard Self.isMeant(by: text), !text.utf8.contains(0), let options = PQconninfoParse(text, nil) else {
            throw .malformedAddress
        }
        defer { PQconninfoFree(options) }
        var settings: [Setting] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                settings.append(Setting(keyword: String(cString: keyword), value: String(cString: value)))
            }
            option += 1
        }
        guard !settings.contains(where: { $0.keyword == "password" || $0.keyword == "sslpassword" }) else {
            throw .passwordInAddress
        }
        // Anything else where a port belongs would be quoted when the connection is made.
        guard settings.allSatisfy({ $0.keyword != "port" || $0.value.allSatisfy { $0.isWholeNumber || $0 == "," } })
        else {
            throw .malformedAddress
        }
        self.settings = settings
    }

    func value(of keyword: String) -> String? { settings.first { $0.keyword == keyword }?.value }
}

extension PostgresAddress: CustomStringConvertible {
    /// The URL, of which only what tells databases apart is left.
    public var description: String {
        let user = value(of: "user").map { $0 + "@" } ?? ""
        var host = value(of: "host") ?? value(of: "hostaddr") ?? "", query: [String] = []
        // The folder of a socket is no part of a URL's authority.
        if host.hasPrefix("/") {
            query.append("host=" + host)
            host = ""
        }
        let port = value(of: "port").map { ":" + $0 } ?? ""
        if let service = value(of: "service") { query.append("service=" + service) }
        let tail = query.isEmpty ? "" : "?" + query.joined(separator: "&")
        return "postgres://\(user)\(host)\(port)/\(value(of: "dbname") ?? "")\(tail)"
    }
}
