internal import MetricDefinitions
internal import PostgresClient
internal import Synchronization

/// The connection of a collector to its database, made again when it is lost.
final class PostgresSession: Sendable {
    private struct State {
        var connection: PostgresConnection?
        /// What is entered into every store that is connected to.
        var metricSet: MetricSet
        var pause = ReconnectionPause()
        var lastError = PostgresError.unreachable(reason: "not connected")
    }

    /// A transaction that meets another one is repeated this often; meetings are short.
    private static let attemptLimit = 10
    /// How long one statement is waited for: a little more than the server gives it, and less than the 30 seconds in which
    /// a collector stops.
    private static let patience = Duration.seconds(21)

    private let address: PostgresAddress
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// Connects, makes a store where there is none, and enters the set's definitions.
    ///
    /// - Throws: ``StoreError``.
    init(
        _ address: PostgresAddress, metricSet: MetricSet,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) throws(StoreError) {
        (self.address, self.now) = (address, now)
        do {
            let connection = try Self.connect(to: address, metricSet: metricSet, mayCreate: true)
            state = Mutex(State(connection: connection, metricSet: metricSet))
        } catch { throw StoreError(error) }
    }

    /// Does what takes the database; again when it met another collector and was undone.
    ///
    /// A lost connection is told at once, and the next call connects anew, unless the last attempt failed just now.
    ///
    /// - Parameter work: transactions that are whole in themselves.
    /// - Throws: ``StoreError``.
    func perform<Output>(_ work: (PostgresConnection) throws -> Output) throws(StoreError) -> Output {
        var attempt = 1
        while true {
            do { return try work(try connection()) } catch let error as PostgresError {
                if error.spoilsConnection { state.withLock { $0.connection = nil } }
                guard error.isCollision, attempt < Self.attemptLimit else { throw StoreError(error) }
                attempt += 1
            } catch { throw StoreError(error) }
        }
    }

    /// Enters the definitions of a set, now and whenever the connection is made again.
    ///
    /// - Throws: ``StoreError``; then nothing has changed.
    func enter(_ metricSet: MetricSet) throws(StoreError) {
        try perform { try PostgresTables.enter(metricSet, into: $0) }
        state.withLock { $0.metricSet = metricSet }
    }

    /// Ends the connection.
    func close() { state.withLock { $0.connection = nil } }

    private func connection() throws -> PostgresConnection {
        try state.withLock { state in
            if let connection = state.connection { return connection }
            guard !state.pause.lasts(at: now()) else { throw state.lastError }
            do {
                // A store that is gone, as after a switch to another server, is not made again in silence.
                let connection = try Self.connect(to: address, metricSet: state.metricSet, mayCreate: false)
                state.connection = connection
                state.pause.reset()
                return connection
            } catch {
                state.pause.begin(at: now())
                state.lastError = error as? PostgresError ?? .unreachable(reason: "\(StoreError(error))")
                throw error
            }
        }
    }

    private static func connect(
        to address: PostgresAddress, metricSet: MetricSet, mayCreate: Bool
    ) throws -> PostgresConnection {
        let connection = try PostgresConnection(address, mustTakeWrites: true, patienceInSeconds: 5)
        connection.setPatience(patience)
        try PostgresTables.makeDurable(connection, address: address)
        try PostgresTables.identify(connection, address: address, mayCreate: mayCreate)
        try PostgresTables.enter(metricSet, into: connection)
        return connection
    }
}
