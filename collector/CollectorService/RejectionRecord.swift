internal import ReportFormat

/// The rejections of a batch as the store keeps them, so that a repetition is answered like the first time.
///
/// For each rejection its index, two bytes, little-endian, and one byte for its code; in the order of the answer.
package enum RejectionRecord {
    private static let stride = 3

    /// The bytes of these rejections.
    ///
    /// - Complexity: linear in their number.
    package static func encode(_ rejected: [Rejection]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rejected.count * stride)
        for rejection in rejected {
            // Safe because a batch has at most 1,024 reports.
            let index = UInt16(truncatingIfNeeded: rejection.index)
            bytes += [UInt8(truncatingIfNeeded: index), UInt8(index >> 8), rejection.code.storedByte]
        }
        return bytes
    }

    /// The rejections that were encoded; `nil` for bytes that ``encode(_:)`` never makes.
    ///
    /// - Complexity: linear in the bytes.
    package static func decode(_ bytes: [UInt8]) -> [Rejection]? {
        guard bytes.count.isMultiple(of: stride) else { return nil }
        var rejected: [Rejection] = []
        rejected.reserveCapacity(bytes.count / stride)
        for start in Swift.stride(from: 0, to: bytes.count, by: stride) {
            let index = Int(bytes[start]) | Int(bytes[start + 1]) << 8
            guard index < WireLimits.reportsPerBatch, index > rejected.last?.index ?? -1,
                let code = RejectionCode.allCases.first(where: { $0.storedByte == bytes[start + 2] })
            else { return nil }
            rejected.append(Rejection(index: index, code: code))
        }
        return rejected
    }
}

extension RejectionCode {
    /// The byte of the code in the store. A number is never given to another code.
    fileprivate var storedByte: UInt8 {
        switch self {
        case .unknownMetric: 1
        case .parametersMismatch: 2
        case .metricExpired: 3
        case .tooLate: 4
        case .tooEarly: 5
        case .malformed: 6
        case .duplicateReport: 7
        case .overQuota: 8
        }
    }
}
