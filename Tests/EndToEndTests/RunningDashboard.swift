import Foundation
import Glibc

/// An answer of a server, as it came.
struct Answer: Sendable {
    var status: Int
    /// The fields by their names in small letters; of several of one name, the last.
    var fields: [String: String]
    var body: String

    init?(_ text: String) {
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else { return nil }
        self.status = status
        let pairs = lines.dropFirst().map { line -> (String, String) in
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            return (parts[0].lowercased(), parts.count > 1 ? parts[1] : "")
        }
        fields = Dictionary(pairs) { $1 }
        body = String(text[end.upperBound...])
    }
}

/// A dashboard process, and a client that sends exactly what it is told.
final class RunningDashboard {
    let url: String
    let port: Int
    let token: String
    let host: String
    private let process = Process()
    private let complaint = Pipe()

    /// Starts a dashboard and waits for its page.
    init(_ arguments: [String]) throws {
        process.executableURL = URL(filePath: Executables.path("dither"))
        process.arguments = ["dashboard"] + arguments
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, complaint)
        try process.run()
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let part = output.fileHandleForReading.availableData
            guard !part.isEmpty else {
                let text = String(decoding: try complaint.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
                throw CollectorFailure(description: "the dashboard ended: \(text)")
            }
            line += part
        }
        url = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
        let parts = URLComponents(string: url)
        guard let port = parts?.port, let host = parts?.host,
            let token = parts?.queryItems?.first(where: { $0.name == "token" })?.value
        else { throw CollectorFailure(description: url) }
        (self.port, self.token, self.host) = (port, token, host)
    }

    deinit {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    var identifier: Int32 { process.processIdentifier }

    /// Sends a signal and waits; gives the exit status, and what was said on standard error.
    func stop(_ signal: Int32) throws -> (status: Int32, complaint: String) {
        kill(process.processIdentifier, signal)
        let text = String(decoding: try complaint.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationReason == .exit ? process.terminationStatus : -1, text)
    }

    /// Opens a connection, sends these bytes, and reads until the other side ends it.
    func exchange(_ text: String) -> String {
        let isNewer = host.contains(":")
        let descriptor = socket(isNewer ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let isConnected: Bool
        if isNewer {
            var address = sockaddr_in6()
            (address.sin6_family, address.sin6_port) = (sa_family_t(AF_INET6), UInt16(port).bigEndian)
            address.sin6_addr = in6addr_loopback
            isConnected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
                }
            }
        } else {
            var address = sockaddr_in()
            (address.sin_family, address.sin_port) = (sa_family_t(AF_INET), UInt16(port).bigEndian)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            isConnected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
        }
        guard isConnected else { return "" }
        let bytes = Array(text.utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return "" }
        var answer: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            answer += buffer[..<count]
        }
        return String(decoding: answer, as: UTF8.self)
    }

    /// Asks, on a connection of its own.
    func ask(_ target: String, _ fields: [String] = [], host: String? = nil, method: String = "GET") -> Answer? {
        let lines = ["\(method) \(target) HTTP/1.1", "Host: \(host ?? "\(self.host):\(port)")", "Connection: close"]
        return Answer(exchange((lines + fields + ["", ""]).joined(separator: "\r\n")))
    }

    /// Comes in by the token: gives the cookie, and below what path the pages are.
    func enter() throws -> Visitor {
        guard let answer = ask("/?token=\(token)"), answer.status == 303, let place = answer.fields["location"],
            let cookie = answer.fields["set-cookie"]?.split(separator: ";").first
        else { throw CollectorFailure(description: "there is no way in") }
        return Visitor(dashboard: self, folder: place, cookie: String(cookie))
    }

    /// Somebody who was let in.
    struct Visitor {
        let dashboard: RunningDashboard
        let folder: String
        let cookie: String

        func ask(_ path: String = "", method: String = "GET") -> Answer? {
            dashboard.ask(folder + path, ["Cookie: \(cookie)"], method: method)
        }

        /// What the page says of its age.
        func freshness() throws -> Freshness {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(Freshness.self, from: Data((ask("freshness")?.body ?? "").utf8))
        }

        /// Asks until the page is as it should be, for at most a minute.
        func freshness(until isSo: (Freshness) -> Bool) throws -> Freshness {
            let limit = ContinuousClock.now + .seconds(60)
            var found = try freshness()
            while !isSo(found), ContinuousClock.now < limit {
                usleep(20_000)
                found = try freshness()
            }
            return found
        }
    }

    struct Freshness: Decodable {
        var edition, state, age, news: String
        var estimatedAt: String
        var ageSeconds: Int
    }
}
