internal import ReportFormat

/// Posts batches. One uploader belongs to one thread at a time.
package final class ReportUploader {
    /// The longest answer that is read, in bytes: a rejection with a code of 64 letters for each report of a batch.
    static let answerLimit = 131_072

    private let exchange: CollectorExchange

    /// What came of one exchange.
    package struct Exchange: Sendable {
        /// What it means for the batch.
        package var outcome: UploadOutcome
        /// The HTTP status, if an answer came.
        package var status: Int?
        /// The collector's clock, in seconds since the epoch, if a collector answered and said.
        package var collectorSeconds: Int64?
    }

    /// An uploader to `endpoint`.
    ///
    /// - Parameters:
    ///   - certificateFile: a PEM file of the authorities to trust instead of the system's.
    ///   - keyPin: the keys that the collector may have.
    ///   - tokenFile: a file with the token that the collector demands, if it does.
    ///   - reusesConnection: whether batches share a connection. A device's do not, since that would link them; a
    ///     simulated fleet's do.
    /// - Throws: ``AgentError/transport(code:)``, ``AgentError/endpoint(_:)`` without a token.
    package convenience init(
        endpoint: Endpoint, certificateFile: String? = nil, keyPin: KeyPin? = nil, tokenFile: String? = nil,
        reusesConnection: Bool = false
    ) throws(AgentError) {
        try self.init(
            endpoint: endpoint, certificateFile: certificateFile, keyPin: keyPin, tokenFile: tokenFile,
            reusesConnection: reusesConnection, control: TransferControl())
    }

    init(
        endpoint: Endpoint, certificateFile: String?, keyPin: KeyPin?, tokenFile: String?, reusesConnection: Bool,
        control: TransferControl
    ) throws(AgentError) {
        var headers = ["Content-Type: \(WireLimits.mediaType)", "User-Agent: dither/1", "Accept:", "Expect:"]
        if let tokenFile { headers.append(try EnrolmentToken.header(from: tokenFile)) }
        let request = CollectorExchange.Request(
            url: endpoint.reportsURL, headers: headers, isPost: true, answerLimit: Self.answerLimit)
        exchange = try CollectorExchange(
            request, to: endpoint, certificateFile: certificateFile, keyPin: keyPin,
            reusesConnection: reusesConnection, control: control)
    }

    /// Posts one batch and waits for the answer, at most half a minute.
    package func post(_ body: [UInt8]) -> Exchange {
        let deadline = Deadline(milliseconds: CollectorExchange.longestMilliseconds)
        return post(body, reportCount: WireLimits.reportsPerBatch, until: deadline) { false }
    }

    /// Posts one batch and waits for the answer.
    ///
    /// - Parameters:
    ///   - reportCount: how many reports the batch has.
    ///   - deadline: when to give up; half a minute from here if that is sooner.
    ///   - isCancelled: asked before anything is sent and then ten times a second; a yes breaks the exchange off.
    func post(
        _ body: [UInt8], reportCount: Int, until deadline: Deadline, isCancelled: () -> Bool
    ) -> Exchange {
        switch exchange.perform(sending: body, until: deadline, isCancelled: isCancelled) {
        case .interrupted: return Exchange(outcome: .failed(.interrupted))
        case .failed(let code): return Exchange(outcome: .failed(.transport(code: code)))
        case .answered(var answer, let date):
            answer.reportCount = reportCount
            return Exchange(
                outcome: answer.outcome, status: answer.status, collectorSeconds: answer.isFromCollector ? date : nil)
        }
    }
}
