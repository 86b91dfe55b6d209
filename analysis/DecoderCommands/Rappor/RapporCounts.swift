internal import Estimation

/// The counts of google/rappor's counts.csv: no header, a row for each cohort, its number of reports N and then how many of
/// them have each bit set, the lowest bit first.
struct RapporCounts: Hashable, Sendable {
    /// The reports of each cohort; some may have none.
    let cohortSizes: [Int]
    /// The reports with each bit set, cohort after cohort.
    let setCounts: [Int]

    /// Counts of these numbers.
    init(cohortSizes: [Int], setCounts: [Int]) { (self.cohortSizes, self.setCounts) = (cohortSizes, setCounts) }

    /// The reports of all cohorts, at most 2⁵³.
    var reportCount: Int { cohortSizes.reduce(0, +) }

    /// Reads the file.
    ///
    /// - Throws: ``CommandError``: of status 1 if the file cannot be read, and 4 for what is wrong in it.
    init(reading path: String, _ parameters: RapporParameters) throws(CommandError) {
        let (bitCount, cohortCount) = (parameters.bitCount, parameters.cohortCount)
        var reader = try CSVReader(path: path)
        var sizes: [Int] = [], counts: [Int] = [], total = 0
        while try reader.next() {
            guard sizes.count < cohortCount else {
                throw reader.error(
                    "there are more rows than the \(cohortCount) cohorts (m)",
                    remedy: "Count the reports with the parameters that they were made with.")
            }
            try reader.requireCells(
                bitCount + 1, "k = \(bitCount) makes it \(bitCount + 1)",
                remedy: "Count the reports with the parameters that they were made with.")
            let size = try reader.count(inColumn: 0, "the number of reports")
            total += size
            guard total <= CellNumber.limit else {
                throw reader.error("there are more than \(CellNumber.limit) reports", remedy: "Is a comma missing?")
            }
            sizes.append(size)
            for bit in 0..<bitCount {
                let count = try reader.count(inColumn: bit + 1, "the count of bit \(bit)")
                guard count <= size else {
                    throw reader.error(
                        inColumn: bit + 1, "the count of bit \(bit), \(count), is above the cohort's \(size) reports",
                        remedy: "A report sets a bit once: count the reports again.")
                }
                counts.append(count)
            }
        }
        guard !sizes.isEmpty else {
            throw reader.error(
                "the file has no row", remedy: "Write one for each cohort, with 'dither rappor sum-bits'.")
        }
        guard sizes.count == cohortCount else {
            throw reader.error(
                "the file ends after \(sizes.count == 1 ? "1 row" : "\(sizes.count) rows") where there are \(cohortCount) cohorts (m)",
                remedy: "Write a row for each cohort; one without reports has zeros.")
        }
        self.init(cohortSizes: sizes, setCounts: counts)
    }

    /// The file, as Python's csv module writes it.
    var bytes: [UInt8] {
        let bitCount = setCounts.count / max(1, cohortSizes.count)
        var text: [UInt8] = []
        for (cohort, size) in cohortSizes.enumerated() {
            text += Array(String(size).utf8)
            for count in setCounts[cohort * bitCount..<(cohort + 1) * bitCount] {
                text.append(0x2C)
                text += Array(String(count).utf8)
            }
            text += [0x0D, 0x0A]
        }
        return text
    }
}
