internal import Estimation
internal import LocalPrivacy
internal import Mechanisms
internal import ReportFormat

extension SupportCounts {
    /// So many reports of each category, counted without making each: by doubling.
    static func counting(_ categories: [Int], as definition: Fingerprint) throws -> SupportCounts {
        var total = SupportCounts(of: definition, valueCount: categories.count)
        for (category, count) in categories.enumerated() {
            var (block, left) = (SupportCounts(of: definition, valueCount: categories.count), count)
            block.count(supporting: category)
            while left > 0 {
                if left & 1 == 1 { try total.merge(block) }
                left >>= 1
                if left > 0 { try block.merge(block) }
            }
        }
        return total
    }
}

extension PooledReports {
    /// The reports of one period.
    static func ofOnePeriod(_ aggregate: Aggregate) -> PooledReports { PooledReports(aggregate, on: .first) }
}

extension UTCDay {
    static let first = UTCDay(containing: 0)
}

extension Fingerprint {
    /// What aggregates of studies are about; they are never mixed.
    static let study = Fingerprint(value: 0)
}

extension MechanismDeclaration {
    /// A declaration of ε in thousandths about a domain, with counts.
    static func study(thousandths: Int, domain: InputDomain, counts: [String: Int] = [:]) throws -> Self {
        MechanismDeclaration(
            epsilon: try Epsilon(thousandths: thousandths), domain: domain, reportsAbsence: false,
            parameters: counts.mapValues { DeclaredNumber(Int32($0)) })
    }
}

extension RandomizedResponse {
    /// Randomized response over so many values.
    static func study(thousandths: Int, valueCount: Int) throws -> RandomizedResponse {
        try RandomizedResponse(
            configuration: Configuration(declared: .study(thousandths: thousandths, domain: .items(valueCount))))
    }
}

extension OneBitMean {
    /// The one-bit mean of a declared ε.
    static func study(thousandths: Int) throws -> OneBitMean {
        try OneBitMean(configuration: Configuration(declared: .study(thousandths: thousandths, domain: .range)))
    }

    /// The probability that a number at a place of the range gives a 1, from the integers that are sampled.
    func onesProbability(at place: UInt64) -> Double { Double(onesNumerator(of: place)) * 0x1p-64 }

    /// The estimate from so many ones.
    func estimate(ones: Int, of reportCount: Int) throws -> MeanEstimate? {
        let counts = try SupportCounts.counting([reportCount - ones, ones], as: .study)
        return meanPlace(from: .ofOnePeriod(counts), confidence: .standard)
    }
}
