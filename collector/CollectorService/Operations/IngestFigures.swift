internal import Synchronization

/// What a collector counts of its work while it runs: numbers of all senders together, by closed sets of labels.
///
/// Counting takes a lock for some tens of nanoseconds and allocates nothing. Nothing about a sender can be kept here:
/// there is no place for it.
package final class IngestFigures: Sendable {
    /// All counts at one moment.
    package struct Counts: Sendable {
        package fileprivate(set) var requestsUnderWay = 0
        /// Answers by the first digit of their status; index 0 is 1xx.
        package fileprivate(set) var answersByClass = [0, 0, 0, 0, 0]
        package fileprivate(set) var refusals: [Int]
        package fileprivate(set) var batches = 0
        /// Reports of batches that were answered with 200, those of repeated batches too.
        package fileprivate(set) var reportsReceived = 0
        package fileprivate(set) var rejections: [Int]
        package fileprivate(set) var bodySizes = Histogram.bodySizesInBytes
        package fileprivate(set) var commitWaits = Histogram.durationsInSeconds
        /// The day of the last day's work that was done, as an index.
        package fileprivate(set) var lastDayWork: UInt32?
        package fileprivate(set) var dayWorkFailures = 0

        fileprivate init() {
            refusals = Array(repeating: 0, count: ProblemDetails.Token.allCases.count)
            rejections = Array(repeating: 0, count: RejectionCode.allCases.count)
        }

        /// How often each token was answered.
        package var refusalsByToken: [(token: ProblemDetails.Token, count: Int)] {
            zip(ProblemDetails.Token.allCases, refusals).map { ($0, $1) }
        }

        /// How many reports were answered with each code.
        package var rejectionsByCode: [(code: RejectionCode, count: Int)] {
            zip(RejectionCode.allCases, rejections).map { ($0, $1) }
        }

        /// How many reports were rejected in all.
        package var reportsRejected: Int { rejections.reduce(0, +) }
    }

    private let state = Mutex(Counts())

    package init() {}

    package var counts: Counts { state.withLock { $0 } }

    /// A request begins.
    func begin() { state.withLock { $0.requestsUnderWay += 1 } }

    /// A request was answered.
    ///
    /// - Parameter bodyByteCount: of a batch, as its length was announced.
    func end(status: Int, bodyByteCount: Int?) {
        state.withLock {
            $0.requestsUnderWay -= 1
            if (100..<600).contains(status) { $0.answersByClass[status / 100 - 1] += 1 }
            if let bodyByteCount { $0.bodySizes.add(Double(bodyByteCount)) }
        }
    }

    /// A request was refused.
    func count(_ token: ProblemDetails.Token) {
        guard let index = Self.place(of: token, in: ProblemDetails.Token.allCases) else { return }
        state.withLock { $0.refusals[index] += 1 }
    }

    /// A batch was answered with 200.
    func count(batchOf reportCount: Int, rejected: [Rejection], waitedSeconds: Double) {
        state.withLock {
            $0.batches += 1
            $0.reportsReceived += reportCount
            $0.commitWaits.add(waitedSeconds)
            for rejection in rejected {
                guard let index = Self.place(of: rejection.code, in: RejectionCode.allCases) else { continue }
                $0.rejections[index] += 1
            }
        }
    }

    /// The work of a day was done, or has to be tried again.
    package func countDayWork(of day: UInt32, isDone: Bool) {
        state.withLock {
            if isDone { $0.lastDayWork = day } else { $0.dayWorkFailures += 1 }
        }
    }

    private static func place<Case: Equatable>(of element: Case, in all: [Case]) -> Int? { all.firstIndex(of: element) }
}
