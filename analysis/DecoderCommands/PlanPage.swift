internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import Planning

/// Plans in words and rows.
struct PlanPage {
    static let columns = [
        "devices", "epsilon", "error", "mechanism", "report_bytes", "smallest_share", "curator_devices", "price",
    ]

    private let request: PlanRequest
    private(set) var plans: [Plan] = []
    private var table = Table(columns: columns)
    private(set) var hasPlan = false
    private var missedCount = 0

    init(_ request: PlanRequest) { self.request = request }

    /// Adds a plan, or that there is none.
    mutating func append(_ plan: Plan?, for task: PlanRequest.Task) {
        guard let plan else {
            missedCount += 1
            table.append([
                task.devices.map { .integer($0) } ?? .null, task.epsilon.map { .thousandths($0.thousandths) } ?? .null,
                task.error.map { .significant($0 * request.unit, digits: 6) } ?? .null, .null, .null, .null, .null,
                .null,
            ])
            return
        }
        hasPlan = true
        plans.append(plan)
        table.append([
            .integer(plan.deviceCount), .thousandths(plan.epsilon.thousandths),
            .significant(plan.error * request.unit, digits: 6), .text(plan.prospect.title),
            .integer(plan.prospect.byteCount), plan.smallestShare.map { .significant($0, digits: 4) } ?? .null,
            .decimal(plan.curatorDeviceCount.rounded(.up), digits: 0), .significant(plan.price, digits: 4),
        ])
    }

    /// What a reader has to know besides.
    var notes: [String] {
        missedCount == 0
            ? [] : ["\(missedCount) of \(request.tasks.count) plans do not attain their target; their rows are empty."]
    }

    func rendered(as format: OutputFormat) -> String {
        guard format == .table, let first = plans.first else { return table.rendered(as: format, schema: .plan) }
        let more = plans.count > 1 ? ["The first of \(plans.count) plans:"] : []
        return (more + sentences(about: first) + notes + [""]).map { $0 + "\n" }.joined() + table.rendered(as: .table)
    }

    /// What comes out, in a sentence.
    func sentence(about plan: Plan) -> String {
        let devices = plan.deviceCount == 1 ? "1 device" : "\(grouped(plan.deviceCount)) devices"
        let confidence = percentage(request.question.confidence.probability)
        let who = request.question.scope == .population ? "in the population" : "among the devices that report"
        let error =
            request.range == nil
            ? "\(percentage(plan.error)) of them" : "\(shown(plan.error * request.unit)) (in units of its range)"
        let what: String
        switch (request.question.measure, request.range) {
        case (.total, _):
            what = "the errors of all \(request.question.valueCount) values are expected to sum to \(error)"
        case (.value, nil):
            what = "the share of a value \(who) is known to ±\(percentage(plan.error)), with \(confidence) confidence"
        case (.value, _?): what = "the mean \(who) is known to ±\(error), with \(confidence) confidence"
        }
        return "With \(devices) and ε = \(plan.epsilon) a report, \(what)."
    }

    private func sentences(about plan: Plan) -> [String] {
        let confidence = percentage(request.question.confidence.probability)
        var lines = [
            sentence(about: plan),
            "The mechanism is \(plan.prospect.title); a report has \(plan.prospect.byteCount == 1 ? "1 byte" : "\(plan.prospect.byteCount) bytes").",
        ]
        if let share = plan.smallestShare {
            let list =
                request.question.domain == .text ? " of \(grouped(request.question.valueCount)) candidates" : ""
            lines.append(
                "A value\(list) that \(percentage(share)) hold or more is detected with a probability of \(confidence) or more."
            )
        } else if request.range == nil {
            lines.append("No share is detected with a probability of \(confidence).")
        }
        if plan.isBelowNormal {
            lines.append("So few reports are below the normal distribution: the interval of an estimate will be wider.")
        }
        let curator = grouped(Int(min(plan.curatorDeviceCount.rounded(.up), 1e15)))
        let words = "A curator trusted with every true value would need \(curator) device\(curator == "1" ? "" : "s")"
        lines.append(
            plan.price > 1
                ? "\(words): trusting nobody costs \(shown(plan.price)) times as many." : "\(words), no fewer.")
        return lines
    }

    private func percentage(_ share: Double) -> String { shown(share * 100) + " %" }

    private func shown(_ value: Double) -> String {
        value >= 1000 && value < 1e15 ? grouped(Int(value.rounded())) : String(format: "%.3g", value)
    }

    /// With a comma between thousands.
    private func grouped(_ count: Int) -> String {
        var digits = String(count), groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }
}
