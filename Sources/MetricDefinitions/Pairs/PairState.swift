internal import LocalPrivacy
internal import Mechanisms
internal import ReportFormat

/// What a pair consists of, proven once. Both kinds of pairs share it, and are one reference each.
final class PairState: Sendable {
    let components: (first: PairComponent, second: PairComponent)
    let first, second: any LocalRandomizer
    let epsilon: Epsilon
    let loss: PrivacyLoss
    /// The bytes that name the partition that the halves have in common; none for fresh halves, whose rows differ.
    let lead: (first: Int, second: Int)

    /// - Throws: ``ParameterError``, also where each half is sound and they do not fit each other.
    init(_ one: PairComponent, _ other: PairComponent, isMemoized: Bool) throws(ParameterError) {
        components = (one, other)
        do { first = try one.randomizer(isMemoized: isMemoized) } catch { throw .component(name: "first", error) }
        do { second = try other.randomizer(isMemoized: isMemoized) } catch { throw .component(name: "second", error) }
        guard one.reportsAbsence == other.reportsAbsence else { throw .absenceInOneComponent }
        let byteCount = first.payloadByteCount + second.payloadByteCount
        guard byteCount <= WireLimits.payloadByteCount else {
            throw .countOutOfRange(
                name: "bytes of a report", count: byteCount, allowed: 1...WireLimits.payloadByteCount)
        }
        lead = isMemoized ? (first.partitionByteCount, second.partitionByteCount) : (0, 0)
        let counts = (first.cohortCount(naming: lead.first), second.cohortCount(naming: lead.second))
        guard counts.0 == counts.1 || counts.0 == 1 || counts.1 == 1 else {
            throw .cohortCountsDiffer(first: counts.0, second: counts.1)
        }
        // No report about one value tells of the other, so that the bounds add up.
        epsilon = try Epsilon(thousandths: first.epsilon.thousandths + second.epsilon.thousandths)
        loss = first.loss.adding(second.loss)
    }

    /// Both parts of an input.
    ///
    /// - Throws: ``InputError``.
    func parts(of input: MechanismInput) throws(InputError) -> (first: MechanismInput, second: MechanismInput) {
        switch input {
        case .pair(.absent, _), .pair(_, .absent), .item, .text, .place: throw .outOfDomain
        case .pair(let first, let second): return (first, second)
        case .absent:
            guard components.first.reportsAbsence else { throw .absenceNotReported }
            return (.absent, .absent)
        }
    }
}

extension LocalRandomizer {
    /// How many cohorts a report names in so many bytes.
    fileprivate func cohortCount(naming partitionByteCount: Int) -> Int {
        guard partitionByteCount > 0 else { return 1 }
        guard let auditable = self as? any ExactlyAuditableLongitudinal else {
            preconditionFailure("a catalogued mechanism is audited exactly")
        }
        return auditable.cohortCount
    }
}
