import Foundation
import Glibc

/// Devices that send batch after batch, each again and again until it is acknowledged, wherever the collector is by then.
/// What is acknowledged is written to a file and synchronised before it counts.
final class Loader: @unchecked Sendable {
    private let reports: NumberedReports
    private let log: Int32
    /// Guards everything below.
    private let condition = NSCondition()
    private var port: UInt16?
    private var next: UInt64
    private var acknowledged: [UInt64] = []
    private var isEnding = false
    private var isAbandoned = false
    private var busyThreads = 0
    private var refusalCount = 0
    private var surprises: [String] = []

    /// - Parameters:
    ///   - first: the number of the first batch.
    ///   - repeating: every batch whose number this divides is sent once more after it was acknowledged.
    init(_ reports: NumberedReports, log: String, threadCount: Int = 8, first: UInt64 = 0, repeating: UInt64 = 8) throws
    {
        (self.reports, next) = (reports, first)
        self.log = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard self.log >= 0 else { throw TortureFailure("no log of acknowledgements") }
        busyThreads = threadCount
        for _ in 0..<threadCount {
            Thread.detachNewThread { [self] in
                while let number = takeNumber() { deliver(number, again: number.isMultiple(of: repeating)) }
                locked { busyThreads -= 1 }
            }
        }
    }

    deinit { close(log) }

    /// What became of the batches.
    struct Outcome: Sendable {
        /// By number.
        var acknowledged: [UInt64]
        /// All numbers below this were sent.
        var end: UInt64
        /// How often the answer was 503.
        var refusalCount: Int
        /// Answers that there should never be.
        var surprises: [String]
    }

    /// Says where the collector is; `nil` while there is none.
    func serve(at port: UInt16?) { locked { self.port = port } }

    var acknowledgedCount: Int { locked { acknowledged.count } }

    /// Whether a batch was refused, or answered as it should never be.
    var hasTrouble: Bool { locked { refusalCount > 0 || !surprises.isEmpty } }

    /// Waits until so many batches are acknowledged, or something else is the case.
    func await(acknowledged count: Int, or isOver: () -> Bool = { false }) {
        while !isOver() {
            condition.lock()
            defer { condition.unlock() }
            guard acknowledged.count < count else { return }
            _ = condition.wait(until: Date(timeIntervalSinceNow: 0.01))
        }
    }

    /// Starts no more batches, waits until those under way are acknowledged, and tells what became of all.
    func finish() -> Outcome {
        condition.lock()
        defer { condition.unlock() }
        isEnding = true
        condition.broadcast()
        while busyThreads > 0 { condition.wait() }
        return Outcome(acknowledged: acknowledged, end: next, refusalCount: refusalCount, surprises: surprises)
    }

    /// Lets the threads go, whatever they are about.
    func abandon() { locked { (isEnding, isAbandoned) = (true, true) } }

    private func deliver(_ number: UInt64, again: Bool) {
        guard let batch = try? reports.batch(number) else { return surprise("batch \(number) cannot be made") }
        var connection = connections.take()
        for attempt in 0..<(again ? 2 : 1) {
            while true {
                guard let port = awaitPort() else { return }
                if connection?.port != port { connection = Connection(port: port).map { ($0, port) } }
                guard let answer = connection?.0.post(batch) else {
                    connection = nil
                    lost(port)
                    continue
                }
                if answer.isAcknowledgement { break }
                guard answer.status == 503 else { return surprise("batch \(number): \(answer.status) \(answer.body)") }
                locked { refusalCount += 1 }
                if answer.head.lowercased().contains("connection: close") { connection = nil }
                sched_yield()
            }
            if attempt == 0 { note(number) }
        }
        if let connection { connections.give(connection) }
    }

    private let connections = ConnectionPool()

    private func note(_ number: UInt64) {
        var word = number.littleEndian
        guard write(log, &word, 8) == 8, fdatasync(log) == 0 else { return surprise("the log cannot be written") }
        locked { acknowledged.append(number) }
    }

    private func surprise(_ text: String) { locked { surprises.append(text) } }

    /// The next batch to send; `nil` at the end.
    private func takeNumber() -> UInt64? {
        locked {
            guard !isEnding, surprises.isEmpty else { return nil }
            defer { next += 1 }
            return next
        }
    }

    /// A port that nobody answers on is not asked until another is named, or the same one again.
    private func lost(_ port: UInt16) {
        condition.lock()
        if self.port == port { _ = condition.wait(until: Date(timeIntervalSinceNow: 0.002)) }
        condition.unlock()
    }

    private func awaitPort() -> UInt16? {
        condition.lock()
        defer { condition.unlock() }
        while port == nil, !isAbandoned { condition.wait() }
        return isAbandoned ? nil : port
    }

    @discardableResult
    private func locked<Output>(_ body: () -> Output) -> Output {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return body()
    }
}

/// Connections that are open and that nobody uses at the moment.
private final class ConnectionPool: @unchecked Sendable {
    private let lock = NSLock()
    private var idle: [(Connection, port: UInt16)] = []

    func take() -> (Connection, port: UInt16)? { lock.withLock { idle.popLast() } }
    func give(_ connection: (Connection, port: UInt16)) { lock.withLock { idle.append(connection) } }
}
