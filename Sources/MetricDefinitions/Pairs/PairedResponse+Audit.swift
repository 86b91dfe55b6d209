public import LocalPrivacy
public import Mechanisms

/// Likelihoods multiply: given both values, the halves are independent.
extension PairedResponse: ExactlyAuditable {
    private var audited: (first: any ExactlyAuditable, second: any ExactlyAuditable) {
        guard let first = first as? any ExactlyAuditable, let second = second as? any ExactlyAuditable else {
            preconditionFailure("a catalogued mechanism is audited exactly")
        }
        return (first, second)
    }

    public var auditedInputs: [MechanismInput] { PairedInputs(audited.first, audited.second).inputs }

    public var allReports: [PairReport] {
        let seconds = audited.second.allPayloads
        return audited.first.allPayloads.flatMap { first in seconds.map { PairReport(first: first, second: $0) } }
    }

    public var likelihoodBitCount: Int { audited.first.likelihoodBitCount + audited.second.likelihoodBitCount }

    public func likelihood(of report: PairReport, given item: Int) -> WideUnsigned {
        let (first, second) = audited, items = PairedInputs(first, second).items[item]
        return first.likelihood(ofPayload: report.first, given: items.first)
            * second.likelihood(ofPayload: report.second, given: items.second)
    }

    public var unspentAllowanceNanonats: Int {
        audited.first.unspentAllowanceNanonats + audited.second.unspentAllowanceNanonats
    }
}
