internal import Estimation

/// What parameters promise and find, by name.
struct RapporPrivacyPage {
    private struct Figure { let name: String, cell: Cell, words: String? }

    private var figures: [Figure] = []

    /// Figures for so many reports, and a probability of a false detection of each candidate.
    init(_ parameters: RapporParameters, reportCount: Int?, falseDetections: Double) {
        append("p_star", .significant(parameters.clear, digits: 9))
        append("q_star", .significant(parameters.set, digits: 9))
        appendLoss("epsilon_1", parameters.reportLoss)
        appendLoss("epsilon_infinity", parameters.permanentLoss)
        guard let reportCount else { return }
        append("reports", .integer(reportCount))
        append(
            "detection_frequency",
            .significant(
                parameters.detectionFrequency(reportCount: reportCount, falseDetections: falseDetections), digits: 6))
        append(
            "smallest_share",
            .significant(
                parameters.smallestShare(reportCount: reportCount, falseDetections: falseDetections), digits: 6))
    }

    /// Of people a table; a loss without a bound is said in words, and is null to programs.
    func rendered(as format: OutputFormat) -> String {
        guard format != .json else {
            return JSONOutput.document(.rapporPrivacy, figures.map { ($0.name, .cell($0.cell)) }).rendered + "\n"
        }
        var table = Table(columns: ["figure", "value"])
        for figure in figures {
            table.append([
                .text(figure.name), format == .table ? figure.words.map { .text($0) } ?? figure.cell : figure.cell,
            ])
        }
        return table.rendered(as: format)
    }

    private mutating func append(_ name: String, _ cell: Cell, words: String? = nil) {
        figures.append(Figure(name: name, cell: cell, words: words))
    }

    private mutating func appendLoss(_ name: String, _ nats: Double) {
        // A bound stays one: the logarithms are good to more digits than this adds.
        let millionths = (nats * (1 + 1e-12) * 1e6).rounded(.up) / 1e6
        append(name, .decimal(millionths, digits: 6), words: nats.isFinite ? nil : "infinite: there is no bound")
    }
}
