internal import LocalPrivacy
internal import ReportFormat

extension MechanismDeclaration {
    /// The declared ε of a mechanism for numbers, with fresh noise and no answer for "no event".
    ///
    /// - Throws: ``ParameterError``.
    func epsilonOfNumber() throws(ParameterError) -> Epsilon {
        guard permanentEpsilon == nil else { throw .unknownParameter(name: "epsilon_permanent") }
        guard domain == .range else { throw .domainNotTaken(takes: "number") }
        guard !reportsAbsence else { throw .absenceNotTaken }
        return try requiredEpsilon()
    }
}

extension MechanismInput {
    /// The place of a number in its range.
    ///
    /// - Throws: ``InputError``.
    func numberPlace() throws(InputError) -> UInt64 {
        switch self {
        case .place(let place):
            guard place <= InputDomain.rangeEnd else { throw .outOfDomain }
            return place
        case .absent: throw .absenceNotReported
        case .item, .text, .pair: throw .outOfDomain
        }
    }

    /// The bucket of a number, of so many of equal width; the upper end of the range is in the last.
    ///
    /// - Throws: ``InputError``.
    func numberBucket(of bucketCount: Int) throws(InputError) -> UInt64 {
        let bucket = (try numberPlace() &* UInt64(bucketCount)) >> 32
        return Swift.min(bucket, UInt64(bucketCount - 1))
    }
}

/// The ends of a range, the places next to them, the middle and one that no small grid has.
let auditedPlaces: [MechanismInput] = {
    let end = InputDomain.rangeEnd
    return [0, 1, end / 3, end / 2, end - 1, end].map { .place($0) }
}()

/// The least places of buckets: of all, or where there are many of the first and the last ones.
func auditedBuckets(of bucketCount: Int) -> [MechanismInput] {
    let chosen = bucketCount <= 64 ? Array(0..<bucketCount) : [0, 1, bucketCount / 2, bucketCount - 2, bucketCount - 1]
    return chosen.map { bucket in
        .place((UInt64(bucket) * InputDomain.rangeEnd + UInt64(bucketCount - 1)) / UInt64(bucketCount))
    }
}
