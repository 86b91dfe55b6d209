internal import Estimation
internal import Foundation

/// The accuracy of a histogram of ten bins: with a trusted curator, and without.
enum HistogramStudies {
    static let experiments = [
        Experiment("S1", "Histogram with a trusted curator: the nine published cells", curator),
        Experiment("S1L", "The same histogram without a curator, and its price", local),
    ]

    /// The published errors in percent, by number of people and ε.
    private static let published: [(people: Int, epsilon: Double, error: Double)] = [
        (10_000, 0.5, 0.4), (10_000, 0.1, 2.4), (10_000, 0.05, 3.1), (50_000, 0.5, 0.1), (50_000, 0.1, 0.4),
        (50_000, 0.05, 1.1), (200_000, 0.5, 0.0), (200_000, 0.1, 0.2), (200_000, 0.05, 0.3),
    ]

    private static func curator(_ laboratory: Laboratory) throws -> [StudyRow] {
        let runs = laboratory.count(20_000, small: 100)
        return try published.map { people, epsilon, error in
            let cell = try HistogramCell(mechanism: .geometric, people: people, epsilon: epsilon, runs: runs)
            // A published 0.4 may be anything from 0.35 to 0.45.
            let holds = cell.band.upperBound >= error - 0.05 && cell.band.lowerBound <= error + 0.05
            return StudyRow(
                id: "S1",
                what: "\(grouped(people)) people, ε \(shortest(epsilon)), two-sided geometric noise, sensitivity 2; "
                    + "\(grouped(runs)) runs",
                published: "\(shortest(error)) % of 1 run; mean by formula \(significant(cell.formula, 3)) %",
                ours: "mean \(significant(cell.mean, 3)) %, 95 % of runs in \(significant(cell.band.lowerBound, 2))–"
                    + "\(significant(cell.band.upperBound, 2)) %",
                conditions: [
                    .init(
                        "published, as rounded, in the 95 % band",
                        found: "\(shortest(cell.band.lowerBound))–\(shortest(cell.band.upperBound))", holds: holds),
                    .ratio("mean / formula", cell.mean / cell.formula, withinPercent: 3),
                ])
        }
    }

    private static func local(_ laboratory: Laboratory) throws -> [StudyRow] {
        let runs = laboratory.count(4000, small: 50)
        let prior: [Int: String] = [
            10_000: "31.8, 15.7, 6.0, 2.6", 200_000: "7.1, 3.5, 1.35, 0.58", 1_000_000: "3.2, 1.6, 0.60, 0.26",
        ]
        let epsilons = [0.05, 0.1, 0.5, 1, 2, 4]
        return try [10_000, 200_000, 1_000_000].map { people in
            let cells = try epsilons.map { epsilon in
                let both = try [HistogramMechanism.randomizedResponse, .optimizedUnaryEncoding].map {
                    try HistogramCell(mechanism: $0, people: people, epsilon: epsilon, runs: runs)
                }
                return both[0].formula <= both[1].formula ? both[0] : both[1]
            }
            let worst = cells.map { abs($0.mean / $0.formula - 1) }.max() ?? 0
            let drawn = epsilons.filter { $0 >= 0.5 }.map { epsilon in
                let errors = [HistogramMechanism.randomizedResponse, .optimizedUnaryEncoding].map {
                    HistogramCell.formula($0, people: people, epsilon: epsilon, drawingPeople: true)
                }
                return significant(errors.min() ?? .nan, 2)
            }
            // The error falls with the root of the devices, the curator's with the people themselves.
            let prices = zip(epsilons, cells).filter { [0.5, 1, 2, 4].contains($0.0) }.map { epsilon, cell in
                let central = HistogramCell.formula(.geometric, people: people, epsilon: epsilon)
                return "\(rounded(pow(cell.formula / central, 2))) at ε \(shortest(epsilon))"
            }
            return StudyRow(
                id: "S1L",
                what:
                    "\(grouped(people)) devices, the better of k-ary randomized response and optimized unary encoding, "
                    + "ε 0.05, 0.1, 0.5, 1, 2, 4; \(grouped(runs)) runs a cell",
                published:
                    "formula \(cells.map { significant($0.formula, 3) }.joined(separator: ", ")) %; with the drawing "
                    + "of the people as well, from ε 0.5 on, \(drawn.joined(separator: ", ")) % (computed before: "
                    + "\(prior[people] ?? ""))",
                ours: "means \(cells.map { significant($0.mean, 3) }.joined(separator: ", ")) %. Price of no trusted "
                    + "curator, how many times as many devices give the curator's error: \(prices.joined(separator: "; "))",
                conditions: [
                    .init("every cell's mean within 3 % of its formula", 100 * worst, digits: 2, holds: worst <= 0.03)
                ])
        }
    }

    /// A number in two significant digits, as a count.
    private static func rounded(_ number: Double) -> String {
        let unit = pow(10, max(0, log10(number).rounded(.down) - 1))
        return grouped(Int((number / unit).rounded() * unit))
    }
}
