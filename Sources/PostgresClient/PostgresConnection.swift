internal import CPostgres
internal import Synchronization

/// One connection to a database. Its calls block until the server has answered, or for as long as it may take; one is made
/// after the other.
public final class PostgresConnection: Sendable {
    private struct Session {
        let handle: OpaquePointer
        /// The names of the statements that the server has prepared.
        var prepared: [String: String] = [:]
        /// Whether an answer stayed out. It would be taken for that of the next statement.
        var isAbandoned = false
    }

    private let patience: Mutex<Duration?> = Mutex(nil)

    private let session: Mutex<Session>

    /// Connects.
    ///
    /// - Parameters:
    ///   - mustTakeWrites: whether a server that only answers readers, such as a standby, is passed over.
    ///   - patienceInSeconds: how long the server is waited for.
    /// - Throws: ``PostgresError/unreachable(reason:)``, ``PostgresError/denied(reason:)``.
    public init(
        _ address: PostgresAddress, mustTakeWrites: Bool, patienceInSeconds: Double = 10
    ) throws(PostgresError) {
        let handle = try ConnectionAttempt(address, mustTakeWrites: mustTakeWrites)
            .handle(patienceInSeconds: patienceInSeconds)
        // Sending must not wait without a limit either.
        PQsetnonblocking(handle, 1)
        session = Mutex(Session(handle: handle))
    }

    deinit { session.withLock { PQfinish($0.handle) } }

    /// Bounds how long each statement is waited for from here on; `nil`, as at first, waits for as long as it takes.
    ///
    /// The server's own limits do not help where it is the server, or the way to it, that hangs.
    ///
    /// - Returns: what held before.
    @discardableResult
    public func setPatience(_ duration: Duration?) -> Duration? {
        patience.withLock { patience in
            defer { patience = duration }
            return patience
        }
    }

    /// Has the server execute one statement. One with parameters is prepared the first time.
    ///
    /// - Throws: ``PostgresError``; ``PostgresError/unreachable(reason:)`` when the connection is lost, and then nobody
    ///   knows whether the statement was executed.
    @discardableResult
    public func execute(_ sql: String, _ parameters: [PostgresValue] = []) throws(PostgresError) -> PostgresAnswer {
        let outcome = session.withLock { session in
            Result { () throws(PostgresError) in
                guard !session.isAbandoned else { throw Self.silence }
                let deadline = patience.withLock { $0 }.map { ContinuousClock.now + $0 }
                do throws(PostgresError) {
                    return try Self.execute(sql, parameters, in: &session, until: deadline)
                } catch {
                    if error == Self.silence { session.isAbandoned = true }
                    throw error
                }
            }
        }
        return try outcome.get()
    }

    /// Runs `body` in a transaction, which is committed when it returns and undone when it throws.
    ///
    /// Returns only when the server has told that it committed, which it does when what was written is durable.
    ///
    /// - Parameter mode: what follows `BEGIN`.
    /// - Throws: what `body` throws, and ``PostgresError``.
    public func transaction<Output>(_ mode: String = "", _ body: () throws -> Output) throws -> Output {
        try execute("BEGIN " + mode)
        let output: Output
        do { output = try body() } catch {
            // A connection on which this fails is found lost by what is asked next.
            _ = try? execute("ROLLBACK")
            throw error
        }
        // The server answers a commit of a transaction that has failed with success, and undoes it.
        guard try execute("COMMIT").commandTag == "COMMIT" else { throw PostgresError.notCommitted }
        return output
    }

    private static func execute(
        _ sql: String, _ parameters: [PostgresValue], in session: inout Session,
        until deadline: ContinuousClock.Instant?
    ) throws(PostgresError) -> PostgresAnswer {
        let handle = session.handle
        guard !parameters.isEmpty else {
            let isSent = PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 1) == 1
            return try answer(try PendingAnswer(handle, isSent: isSent).result(until: deadline), of: handle)
        }
        let name: String
        if let known = session.prepared[sql] {
            name = known
        } else {
            name = "statement_\(session.prepared.count)"
            let types = parameters.map(\.typeIdentifier)
            let isSent = PQsendPrepare(handle, name, sql, Int32(types.count), types) == 1
            _ = try answer(try PendingAnswer(handle, isSent: isSent).result(until: deadline), of: handle)
            session.prepared[sql] = name
        }
        var buffer: [UInt8] = [], offsets: [Int] = []
        for parameter in parameters {
            offsets.append(buffer.count)
            parameter.append(to: &buffer)
        }
        let ends = offsets.dropFirst() + [buffer.count]
        let lengths = zip(offsets, ends).map { Int32(truncatingIfNeeded: $1 - $0) }
        let formats = [Int32](repeating: 1, count: parameters.count)
        // A parameter of no bytes still needs an address: without one it is a null.
        buffer.append(0)
        let isSent = buffer.withUnsafeBytes { bytes in
            let values = offsets.map { bytes.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
            return PQsendQueryPrepared(handle, name, Int32(parameters.count), values, lengths, formats, 1) == 1
        }
        return try answer(try PendingAnswer(handle, isSent: isSent).result(until: deadline), of: handle)
    }

    private static let silence = PostgresError.unreachable(reason: PendingAnswer.silence)

    private static func answer(
        _ result: OpaquePointer?, of handle: OpaquePointer
    ) throws(PostgresError) -> PostgresAnswer {
        defer { PQclear(result) }
        let status = PQresultStatus(result)
        guard let result, status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK else {
            throw error(result, of: handle)
        }
        let (rowCount, columnCount) = (PQntuples(result), PQnfields(result))
        var cells: [[UInt8]?] = []
        cells.reserveCapacity(Int(rowCount) * Int(columnCount))
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else {
                    cells.append(nil)
                    continue
                }
                let length = Int(PQgetlength(result, row, column))
                cells.append(Array(UnsafeRawBufferPointer(start: value, count: length)))
            }
        }
        return PostgresAnswer(
            commandTag: String(cString: PQcmdStatus(result)),
            affectedRowCount: Int(String(cString: PQcmdTuples(result))) ?? 0, rowCount: Int(rowCount),
            columnCount: Int(columnCount), cells: cells)
    }

    private static func error(_ result: OpaquePointer?, of handle: OpaquePointer) -> PostgresError {
        let message = field("M", of: result)
        guard PQstatus(handle) == CONNECTION_OK, let sqlState = field("C", of: result) else {
            let words = message ?? ConnectionAttempt.words(String(cString: PQerrorMessage(handle)))
            return .unreachable(reason: words)
        }
        return .refused(sqlState: sqlState, message: message ?? "")
    }

    /// A field of an error by libpq's letter for it, whose names Swift does not import.
    private static func field(_ letter: Unicode.Scalar, of result: OpaquePointer?) -> String? {
        result.flatMap { PQresultErrorField($0, Int32(letter.value)) }.map { String(cString: $0) }
    }
}
