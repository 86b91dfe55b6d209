internal import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness

/// What a collector answered when it was asked for the signed metric set.
enum RegistryAnswer {
    /// It has another one than the agent: these bytes.
    case offered([UInt8])
    /// It has the one that the agent has.
    case unchanged
    /// It has none, or there was no answer that a collector gives; in words.
    case none(String)
}

/// Asks a collector for the signed metric set. The request is the same from every device that has the same set.
struct RegistryFetch {
    private static let path = "/v1/registry"

    private let exchange: CollectorExchange

    /// - Parameter held: the bytes that the agent has, if it has any.
    /// - Throws: ``AgentError``.
    init(_ configuration: Agent.Configuration, held: [UInt8]?, control: TransferControl) throws(AgentError) {
        let request = CollectorExchange.Request(
            url: configuration.endpoint.url + Self.path,
            headers: ["User-Agent: dither/1", "Accept:", "If-None-Match: \"\(try Self.tag(of: held))\""], isPost: false,
            answerLimit: SignedMetricSet.byteLimit)
        exchange = try CollectorExchange(
            request, to: configuration.endpoint, certificateFile: configuration.certificateFile,
            keyPin: configuration.keyPin, reusesConnection: false, control: control)
    }

    /// Asks, and waits for the answer as an upload does.
    func answer(until deadline: Deadline, isCancelled: () -> Bool) -> RegistryAnswer {
        switch exchange.perform(until: deadline, isCancelled: isCancelled) {
        case .interrupted: .none(UploadFailure.interrupted.description)
        // CURLE_WRITE_ERROR: the answer was longer than is read.
        case .failed(23): .none("more than \(SignedMetricSet.byteLimit) bytes were offered")
        case .failed(let code): .none(UploadFailure.transport(code: code).description)
        case .answered(let answer, _): Self.meaning(of: answer)
        }
    }

    private static func meaning(of answer: ServerAnswer) -> RegistryAnswer {
        switch answer.status {
        case 200 where answer.contentType == SignedMetricSet.mediaType: .offered(answer.body)
        case 304: .unchanged
        case 404 where answer.isFromCollector: .none("the collector has none")
        default: .none(UploadFailure.notACollector(status: answer.status).description)
        }
    }

    /// The entity tag of the bytes: their SHA-256. Without any, as many zeros, so that the header is always there.
    private static func tag(of held: [UInt8]?) throws(AgentError) -> String {
        guard let held else { return hexadecimal([UInt8](repeating: 0, count: 32)) }
        do { return hexadecimal(try SHA256.digest(held)) } catch { throw .noRandomness(error) }
    }
}
