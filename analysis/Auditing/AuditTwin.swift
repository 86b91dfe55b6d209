internal import LocalPrivacy
public import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

/// A mechanism that can be had so small that all its reports are listed, sampled by the same rule.
public protocol AuditTwinned: ExactlyAuditable {
    /// Small instances with the same noise, or where the noise follows from the size with the noise that the same ε
    /// demands.
    var auditTwins: [any ExactlyAuditable] { get }
}

/// What of a mechanism is enumerated.
struct EnumerableInstances {
    /// The most likelihoods that an enumeration may take.
    private static let cellLimit = 1 << 18
    /// The most bits of a report that are listed.
    private static let bitLimit = 12

    /// The instances: the mechanism itself, or its twins.
    let instances: [any ExactlyAuditable]
    /// Whether they are twins.
    let areTwins: Bool

    init(of mechanism: some LocalRandomizer) {
        if let auditable = mechanism as? any ExactlyAuditable, Self.isEnumerable(auditable) {
            (instances, areTwins) = ([auditable], false)
        } else {
            (instances, areTwins) = (Self.twins(of: mechanism), true)
        }
    }

    /// The twins that a mechanism names, or else those that its declaration makes, as far as they can be enumerated.
    static func twins(of mechanism: some LocalRandomizer) -> [any ExactlyAuditable] {
        let own = (mechanism as? any AuditTwinned)?.auditTwins ?? []
        return (own.isEmpty ? declaredTwins(of: mechanism) : own).filter { isEnumerable($0) }
    }

    /// Whether all reports of a mechanism can be listed, and their likelihoods computed in a moment.
    static func isEnumerable<M: ExactlyAuditable>(_ mechanism: M) -> Bool {
        guard let reportCount = reportCount(of: mechanism) else { return false }
        let inputCount = mechanism.auditedInputs.count
        return inputCount > 0 && reportCount * inputCount <= cellLimit
    }

    /// How many reports there are; `nil` for too many to list.
    static func reportCount<M: LocalRandomizer>(of mechanism: M) -> Int? {
        if let pair = mechanism as? any PairRandomizer {
            guard let first = reportCount(of: pair.first), let second = reportCount(of: pair.second),
                first <= cellLimit, second <= cellLimit
            else { return nil }
            return first * second
        }
        if M.Report.self == CategoryReport.self, let count = mechanism.shape as? Int { return count }
        if let shape = mechanism.shape as? BitVectorReport.Shape {
            return shape.bitCount <= bitLimit ? shape.partitionCount << shape.bitCount : nil
        }
        if let shape = mechanism.shape as? HashedReport.Shape {
            return shape.seedBitCount <= bitLimit ? shape.valueCount << shape.seedBitCount : nil
        }
        if let shape = mechanism.shape as? SubsetReport.Shape {
            guard shape.itemCount <= 16 else { return nil }
            // d over w, each factor a whole number.
            return (0..<shape.subsetSize).reduce(1) { $0 * (shape.itemCount - $1) / ($1 + 1) }
        }
        if let shape = mechanism.shape as? PartitionedCategoryReport.Shape {
            return shape.partitionCount * shape.categoryCount
        }
        if let shape = mechanism.shape as? SampledBitsReport.Shape {
            return 2 * shape.bucketCount <= bitLimit ? 1 << (shape.bucketCount + shape.sampleCount) : nil
        }
        // Of a type of its own only the length is known.
        return mechanism.payloadByteCount <= 1 ? 1 << 8 : nil
    }

    /// Small instances made from declarations, for mechanisms that name none: the same ε, the fewest values, and of every
    /// key that must be set the least power of two that is taken.
    private static func declaredTwins<M: LocalRandomizer>(of mechanism: M) -> [any ExactlyAuditable] {
        let configuration = mechanism.configuration
        let domains: [InputDomain]
        if case .items = configuration.domain {
            domains = [.items(2), .items(3), .items(4)]
        } else {
            domains = [configuration.domain]
        }
        var twins: [any ExactlyAuditable] = []
        for domain in domains {
            for size in [2, 4, 8, 16] {
                var declaration = MechanismDeclaration(
                    epsilon: mechanism.epsilon, domain: domain, reportsAbsence: configuration.reportsAbsence)
                if let memoized = mechanism as? any LongitudinalRandomizer {
                    declaration.permanentEpsilon = memoized.permanentEpsilon
                }
                for parameter in M.Configuration.parameters where !parameter.isOptional {
                    guard case .count(let range) = parameter.kind else { continue }
                    declaration.parameters[parameter.name] = DeclaredNumber(Int32(min(size, range.upperBound)))
                }
                guard let small = try? M(configuration: try M.Configuration(declared: declaration)),
                    let auditable = small as? any ExactlyAuditable, isEnumerable(auditable)
                else { continue }
                twins.append(auditable)
                break
            }
        }
        return twins
    }
}

extension RandomizedResponse: AuditTwinned {
    /// Two, three and four answers at the same ε.
    public var auditTwins: [any ExactlyAuditable] {
        [2, 3, 4].compactMap { count in
            try? RandomizedResponse(
                configuration: Configuration(
                    declared: MechanismDeclaration(epsilon: epsilon, valueCount: count, reportsAbsence: false)))
        }
    }
}

extension BasicRappor: AuditTwinned {
    /// Two values, and two with "no event", with the same noise on every bit.
    public var auditTwins: [any ExactlyAuditable] {
        [false, true].compactMap { reportsAbsence in
            try? BasicRappor(
                configuration: Configuration(
                    valueCount: 2, reportsAbsence: reportsAbsence, noise: configuration.noise))
        }
    }
}

extension OptimizedSymmetricUnaryEncoding: AuditTwinned {
    /// Two and three items, with the same noise on every bit.
    public var auditTwins: [any ExactlyAuditable] {
        [2, 3].compactMap { count in
            try? OptimizedSymmetricUnaryEncoding(
                configuration: Configuration(itemCount: count, reportsAbsence: false, noise: configuration.noise))
        }
    }
}

extension Rappor: AuditTwinned {
    /// The shortest filters in which two texts can differ in all their bits, in one cohort and in two, with the same
    /// noise on every bit.
    public var auditTwins: [any ExactlyAuditable] {
        let hashCount = configuration.hashCount
        let bitCount = [2, 4, 8].first { $0 >= 2 * hashCount } ?? 16
        return [1, 2].compactMap { cohortCount in
            try? Rappor(
                configuration: Configuration(
                    bitCount: bitCount, hashCount: hashCount, cohortCount: cohortCount,
                    reportsAbsence: configuration.reportsAbsence, noise: configuration.noise))
        }
    }
}

extension CountMeanSketch: AuditTwinned {
    /// Four rows of two, four and eight bits, with the same noise on every bit.
    public var auditTwins: [any ExactlyAuditable] {
        [2, 4, 8].compactMap { width in
            var small = configuration
            (small.rowCount, small.width) = (4, width)
            return try? CountMeanSketch(configuration: small)
        }
    }
}

extension OptimizedLocalHashing: AuditTwinned {
    /// Three and four values under the functions of 512 seeds, at the same ε and with as many hash values as these have.
    public var auditTwins: [any ExactlyAuditable] {
        [3, 4].compactMap { count in
            let declaration = MechanismDeclaration(
                epsilon: epsilon, domain: .items(count), reportsAbsence: false,
                parameters: [
                    "seed_bits": DeclaredNumber(9),
                    "hash_range": DeclaredNumber(Int32(min(configuration.hashRange, 8))),
                ])
            return try? OptimizedLocalHashing(configuration: Configuration(declared: declaration))
        }
    }
}

extension LocalRandomizer where Self: ExactlyAuditable {
    /// The instance of so many items at the same ε with these keys; `nil` if there is none.
    fileprivate func twin(ofItems count: Int, _ parameters: [String: Int] = [:]) -> (any ExactlyAuditable)? {
        let declaration = MechanismDeclaration(
            epsilon: epsilon, domain: .items(count), reportsAbsence: false,
            parameters: parameters.mapValues { DeclaredNumber(Int32($0)) })
        return try? Self(configuration: Configuration(declared: declaration))
    }
}

extension SubsetSelection: AuditTwinned {
    /// Two to four items with the best size of a set at the same ε, and five to eight with sets of two and three.
    public var auditTwins: [any ExactlyAuditable] {
        (2...4).compactMap { twin(ofItems: $0) }
            + (5...8).flatMap { count in [2, 3].compactMap { twin(ofItems: count, ["subset_size": $0]) } }
    }
}

extension ProjectiveGeometryResponse: AuditTwinned {
    /// Two to four items in the best geometry at the same ε, and seven in the planes and the spaces over the fields of two,
    /// three and four elements.
    public var auditTwins: [any ExactlyAuditable] {
        (2...4).compactMap { twin(ofItems: $0) }
            + [3, 4].flatMap { dimension in
                [2, 3, 4].compactMap { order in
                    twin(ofItems: 7, ["field_order": order, "dimension": dimension])
                }
            }
    }
}
