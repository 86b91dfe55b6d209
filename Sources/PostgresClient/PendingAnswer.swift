internal import CPostgres
internal import Glibc

/// The answer to a statement that is being sent.
struct PendingAnswer {
    /// Why an answer is waited for no longer.
    static let silence = "no answer in time"

    private let handle: OpaquePointer
    private let isSent: Bool

    /// - Parameter isSent: what libpq's call that sends gave.
    init(_ handle: OpaquePointer, isSent: Bool) { (self.handle, self.isSent) = (handle, isSent) }

    /// The last result of the statement, which the caller clears; `nil` when libpq's message has the reason.
    ///
    /// - Throws: ``PostgresError/unreachable(reason:)`` after the deadline; then nothing else can be asked.
    func result(until deadline: ContinuousClock.Instant?) throws(PostgresError) -> OpaquePointer? {
        guard isSent, try flush(until: deadline) else { return nil }
        var last: OpaquePointer?
        while true {
            // A lost connection is no longer busy: its result says so.
            while PQisBusy(handle) == 1 {
                guard SocketWait.isReady(handle, POLLIN, until: deadline) else {
                    PQclear(last)
                    throw .unreachable(reason: Self.silence)
                }
                if PQconsumeInput(handle) == 0 { break }
            }
            guard let result = PQgetResult(handle) else { return last }
            PQclear(last)
            last = result
        }
    }

    /// Sends what is not sent so far. The server may speak meanwhile, and stop reading until it is listened to.
    private func flush(until deadline: ContinuousClock.Instant?) throws(PostgresError) -> Bool {
        while true {
            switch PQflush(handle) {
            case 0: return true
            case 1:
                guard SocketWait.isReady(handle, POLLIN | POLLOUT, until: deadline) else {
                    throw .unreachable(reason: Self.silence)
                }
                if PQconsumeInput(handle) == 0 { return false }
            default: return false
            }
        }
    }
}
