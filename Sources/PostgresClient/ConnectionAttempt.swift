internal import CPostgres
internal import Glibc

/// The making of one connection.
struct ConnectionAttempt {
    private let keywords: [String]
    private let values: [String]

    init(_ address: PostgresAddress, mustTakeWrites: Bool) {
        var settings = address.settings
        // What a URL does not say. A peer that is gone without a word is noticed after half a minute, not after hours.
        for (keyword, value) in [
            ("application_name", "dither"), ("client_encoding", "UTF8"), ("keepalives_idle", "15"),
            ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "30000"),
            ("target_session_attrs", mustTakeWrites ? "read-write" : "any"),
        ] where address.value(of: keyword) == nil {
            settings.append(.init(keyword: keyword, value: value))
        }
        (keywords, values) = (settings.map(\.keyword), settings.map(\.value))
    }

    /// The connection, which the caller finishes.
    ///
    /// libpq's own blocking call tells no SQLSTATE of a refusal: the level of detail can be set only when the attempt
    /// has begun.
    func handle(patienceInSeconds: Double) throws(PostgresError) -> OpaquePointer {
        guard let handle = start() else { throw .unreachable(reason: "there is no memory for a connection") }
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        // The server's warnings are no output of ours.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        let deadline = ContinuousClock.now + .seconds(patienceInSeconds)
        var state = PGRES_POLLING_WRITING
        if PQstatus(handle) == CONNECTION_BAD { state = PGRES_POLLING_FAILED }
        while state != PGRES_POLLING_OK {
            guard state != PGRES_POLLING_FAILED else {
                defer { PQfinish(handle) }
                throw Self.refusal(String(cString: PQerrorMessage(handle)))
            }
            guard SocketWait.isReady(handle, state == PGRES_POLLING_WRITING ? POLLOUT : POLLIN, until: deadline) else {
                PQfinish(handle)
                throw .unreachable(reason: "no answer within \(Int(patienceInSeconds)) s")
            }
            state = PQconnectPoll(handle)
        }
        return handle
    }

    private func start() -> OpaquePointer? {
        var keywordPointers: [UnsafePointer<CChar>?] = [], valuePointers: [UnsafePointer<CChar>?] = []
        defer { for pointer in keywordPointers + valuePointers { free(UnsafeMutablePointer(mutating: pointer)) } }
        for (keyword, value) in zip(keywords, values) {
            keywordPointers.append(UnsafePointer(strdup(keyword)))
            valuePointers.append(UnsafePointer(strdup(value)))
        }
        return PQconnectStartParams(keywordPointers + [nil], valuePointers + [nil], 0)
    }

    private static func refusal(_ message: String) -> PostgresError {
        // `FATAL:  28P01: password authentication failed…`: the words are the server's language, the number is not.
        let words = message.split(whereSeparator: \.isWhitespace)
        let sqlState = words.first { word in
            word.utf8.count == 6 && word.hasSuffix(":") && word.contains(where: \.isNumber)
                && word.dropLast().utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
        }
        let reason = Self.words(message)
        // Without a password where one is wanted libpq gives up by itself, and says so in words alone.
        let isDenied = sqlState?.hasPrefix("28") ?? message.contains("no password supplied")
        return isDenied ? .denied(reason: reason) : .unreachable(reason: reason)
    }

    /// libpq's message on one line, without the place in the server's source.
    static func words(_ message: String) -> String {
        let lines = message.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("LOCATION:") }
        return lines.map { String($0.drop(while: \.isWhitespace)) }.joined(separator: "; ")
    }
}
