public import ReportFormat

/// What the journal of a device tells: what was sent, byte for byte, and what came of it. Never a true value.
public enum JournalEvent: Hashable, Sendable {
    /// Consent was given; the journal begins.
    case consentGiven
    /// These bytes were handed to the network, for the first time; every further attempt sends the same.
    case sent(BatchIdentifier, body: [UInt8])
    /// How an attempt ended.
    case answered(BatchIdentifier, JournalAnswer)
    /// A metric set that a trusted key has signed took effect.
    case registryAccepted(sequence: UInt64, digest: [UInt8])
    /// A metric set that the collector offered was refused, and the previous one stays.
    case registryRefused(reason: String)
    /// The collector has retired a metric.
    case metricRetired(UInt32)
    /// Entries before this were dropped, since they were old or too many.
    case trimmed
}

/// How an attempt to send a batch ended.
public enum JournalAnswer: Hashable, Sendable {
    /// The collector has it; of these reports, by their place in the batch, it says that it keeps none, and why.
    case delivered(status: Int, refused: [RefusedReport])
    /// The collector refuses all of it for good.
    case refused(status: Int, token: String)
    /// The collector wants smaller batches, or none of one metric; its reports go on in others.
    case replaced(status: Int)
    /// It did not arrive; the same bytes go out again.
    case failed(UploadFailure)
}

extension JournalEvent {
    /// The bytes that the hash chain covers.
    var encoded: [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .trimmed: break
        case .consentGiven: writer.append(UInt8(1))
        case .sent(let batch, let body):
            writer.append(UInt8(2))
            writer.append(batch.bytes)
            writer.append(body)
        case .answered(let batch, let answer):
            writer.append(UInt8(3))
            writer.append(batch.bytes)
            answer.append(to: &writer)
        case .registryAccepted(let sequence, let digest):
            writer.append(UInt8(4))
            writer.append(sequence)
            writer.append(digest)
        case .registryRefused(let reason):
            writer.append(UInt8(5))
            writer.append(text: reason)
        case .metricRetired(let metric):
            writer.append(UInt8(6))
            writer.append(metric)
        }
        return writer.bytes
    }

    /// Reads what ``encoded`` made; `nil` for anything else.
    init?(decoding bytes: [UInt8]) {
        guard let event = try? Self.event(bytes), event.encoded == bytes else { return nil }
        self = event
    }

    private static func event(_ bytes: [UInt8]) throws(ByteFormatError) -> JournalEvent? {
        guard !bytes.isEmpty else { return .trimmed }
        var reader = ByteReader(bytes)
        func batch() throws(ByteFormatError) -> BatchIdentifier? {
            BatchIdentifier(bytes: try reader.bytes(count: BatchIdentifier.byteCount))
        }
        switch try reader.integer(UInt8.self) {
        case 1: return .consentGiven
        case 2:
            guard let batch = try batch() else { return nil }
            return .sent(batch, body: try reader.bytes(count: reader.remainingCount))
        case 3:
            guard let batch = try batch(), let answer = try JournalAnswer(reading: &reader) else { return nil }
            return .answered(batch, answer)
        case 4:
            return .registryAccepted(sequence: try reader.integer(UInt64.self), digest: try reader.bytes(count: 32))
        case 5: return .registryRefused(reason: try reader.text())
        case 6: return .metricRetired(try reader.integer(UInt32.self))
        default: return nil
        }
    }
}

extension JournalAnswer {
    fileprivate func append(to writer: inout ByteWriter) {
        switch self {
        case .delivered(let status, let refused):
            writer.append(UInt8(0))
            writer.append(UInt16(clamping: status))
            writer.append(UInt16(clamping: refused.count))
            for refusal in refused {
                writer.append(UInt16(clamping: refusal.index))
                writer.append(text: refusal.code)
            }
        case .refused(let status, let token):
            writer.append(UInt8(1))
            writer.append(UInt16(clamping: status))
            writer.append(text: token)
        case .replaced(let status):
            writer.append(UInt8(2))
            writer.append(UInt16(clamping: status))
        case .failed(let failure):
            let (kind, number, seconds): (UInt8, Int, Int64) =
                switch failure {
                case .transport(let code): (3, code, 0)
                case .unavailable(let status, let seconds): (4, status, seconds ?? 0)
                case .credential(let status): (5, status, 0)
                case .notACollector(let status): (6, status, 0)
                case .interrupted: (7, 0, 0)
                }
            writer.append(kind)
            writer.append(UInt16(clamping: number))
            writer.append(UInt32(clamping: seconds))
        }
    }

    fileprivate init?(reading reader: inout ByteReader) throws(ByteFormatError) {
        let kind = try reader.integer(UInt8.self)
        let number = Int(try reader.integer(UInt16.self))
        switch kind {
        case 0:
            var refused: [RefusedReport] = []
            for _ in 0..<(try reader.integer(UInt16.self)) {
                let index = Int(try reader.integer(UInt16.self))
                refused.append(RefusedReport(index: index, code: try reader.text()))
            }
            self = .delivered(status: number, refused: refused)
        case 1: self = .refused(status: number, token: try reader.text())
        case 2: self = .replaced(status: number)
        case 3...7:
            let seconds = Int64(try reader.integer(UInt32.self))
            self = .failed(
                [
                    .transport(code: number),
                    .unavailable(status: number, retryAfterSeconds: seconds == 0 ? nil : seconds),
                    .credential(status: number), .notACollector(status: number), .interrupted,
                ][Int(kind) - 3])
        default: return nil
        }
    }
}
