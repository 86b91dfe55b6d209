internal import LocalPrivacy
internal import Mechanisms
internal import ReportFormat

/// The audited inputs of a pair: every pair of the halves' values, and "no event" in both.
struct PairedInputs {
    /// By audited input of the pair: the audited inputs of both halves.
    let items: [(first: Int, second: Int)]
    let inputs: [MechanismInput]

    init(_ first: any ExactlyAuditable, _ second: any ExactlyAuditable) {
        let (firsts, seconds) = (first.auditedInputs, second.auditedInputs)
        var (items, inputs) = ([(first: Int, second: Int)](), [MechanismInput]())
        for (row, one) in firsts.enumerated() {
            for (column, other) in seconds.enumerated() where (one == .absent) == (other == .absent) {
                items.append((row, column))
                inputs.append(one == .absent ? .absent : .pair(one, other))
            }
        }
        (self.items, self.inputs) = (items, inputs)
    }
}

extension ExactlyAuditable {
    /// The bytes of every report.
    var allPayloads: [[UInt8]] { allReports.map { $0.encoded(shape: shape) } }

    /// The likelihood of a report by its bytes.
    func likelihood(ofPayload bytes: [UInt8], given item: Int) -> WideUnsigned {
        guard let report = try? Report(decoding: bytes.span, shape: shape) else {
            preconditionFailure("a half of a pair's report was validated")
        }
        return likelihood(of: report, given: item)
    }
}

extension ExactlyAuditableLongitudinal {
    /// The bytes of every permanent response, with its cohort.
    var allPermanentPayloads: [(bytes: [UInt8], cohort: Int)] {
        allPermanentResponses.map { ($0.encoded(shape: permanentShape), cohort(of: $0)) }
    }

    private func permanent(_ bytes: [UInt8]) -> Value {
        guard let permanent = try? Value(decoding: bytes.span, shape: permanentShape) else {
            preconditionFailure("a half of a pair's permanent response was validated")
        }
        return permanent
    }

    func cohort(ofPermanentPayload bytes: [UInt8]) -> Int { cohort(of: permanent(bytes)) }

    func permanentLikelihood(ofPayload bytes: [UInt8], given item: Int) -> WideUnsigned {
        permanentLikelihood(of: permanent(bytes), given: item)
    }

    func instantaneousLikelihood(ofPayload bytes: [UInt8], givenPermanent permanentBytes: [UInt8]) -> WideUnsigned {
        guard let report = try? Report(decoding: bytes.span, shape: shape) else {
            preconditionFailure("a half of a pair's report was validated")
        }
        return instantaneousLikelihood(of: report, given: permanent(permanentBytes))
    }
}
