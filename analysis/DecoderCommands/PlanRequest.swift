internal import ArgumentParser
internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import Planning

/// What a plan is asked for, once every option has proved to be sound.
struct PlanRequest {
    /// What is to be found.
    enum Unknown {
        case devices, epsilon, error

        var words: String {
            switch self {
            case .devices: "number of devices"
            case .epsilon: "epsilon up to 16"
            case .error: "error"
            }
        }
    }

    /// One combination of what is known.
    struct Task {
        var devices: Int?
        var epsilon: Epsilon?
        /// In the question's measure.
        var error: Double?

        func plan(_ question: PlanQuestion) throws(PlanError) -> Plan {
            switch (devices, epsilon, error) {
            case (let devices?, let epsilon?, _):
                return try Plan(question, deviceCount: devices, epsilon: epsilon)
            case (_, let epsilon?, let error?): return try Plan(question, epsilon: epsilon, error: error)
            case (let devices?, _, let error?): return try Plan(question, deviceCount: devices, error: error)
            default: preconditionFailure("a request names two of three")
            }
        }
    }

    let question: PlanQuestion
    let unknown: Unknown
    let tasks: [Task]
    /// The ends of a number's range; `nil` for shares.
    let range: NumberRange?

    /// The width in whose units an error is shown: that of the range, or 1.
    var unit: Double { range.map { $0.high - $0.low } ?? 1 }

    init(
        devices: String?, epsilon: String?, target: String?, domain: String, confidence: Double, mechanism: String,
        share: String?, measure: PlanQuestion.Measure, scope: PlanQuestion.Scope, candidates: Int?,
        reportBytes: Int
    ) throws {
        guard let level = ConfidenceLevel(confidence) else {
            throw ValidationError("--confidence \(confidence): is not between 0 and 1. Write, for 95 %, 0.95")
        }
        guard PlanningTask.allowedByteBudgets.contains(reportBytes) else {
            throw ValidationError("--report-bytes \(reportBytes): write 1 to 16384")
        }
        switch (devices, epsilon, target) {
        case (nil, _?, _?): unknown = .devices
        case (_?, nil, _?): unknown = .epsilon
        case (_?, _?, nil): unknown = .error
        default: throw ValidationError("name two of --devices, --epsilon and --target: the third is found")
        }
        let parsed = try PlanDomain(domain)
        range = parsed.range
        let isMean = range != nil
        if let share, isMean {
            throw ValidationError("--share \(share): a mean has none. Leave it out")
        }
        if measure == .total, isMean || parsed.domain == .text {
            throw ValidationError("--measure total sums over declared values: give --domain their number")
        }
        if let candidates {
            guard parsed.domain == .text else {
                throw ValidationError("--candidates \(candidates): only a string has candidates. Leave it out")
            }
            guard (1...10_000_000).contains(candidates) else {
                throw ValidationError("--candidates \(candidates): write 1 to 10000000")
            }
        }
        var question = PlanQuestion(
            domain: parsed.domain, confidence: level,
            share: try share.map { try PlanNumber.share($0, option: "--share", in: 0...1) }, measure: measure,
            scope: scope, mechanism: mechanism == "auto" ? .auto : .named(mechanism), byteBudget: reportBytes)
        if let candidates { question.candidateCount = candidates }
        self.question = question
        let width = range.map { $0.high - $0.low } ?? 1
        let counts = try PlanNumber.list(devices, "--devices", PlanNumber.deviceCount)
        let epsilons = try PlanNumber.list(epsilon, "--epsilon", PlanNumber.epsilon)
        let errors = try PlanNumber.list(target, "--target") { text, option in
            isMean
                ? try PlanNumber.positive(text, option: option) / width
                : try PlanNumber.share(text, option: option, in: 1e-9...100)
        }
        tasks = counts.flatMap { count in
            epsilons.flatMap { epsilon in errors.map { Task(devices: count, epsilon: epsilon, error: $0) } }
        }
    }
}

/// What `--domain` names.
private struct PlanDomain {
    let domain: InputDomain
    var range: NumberRange?

    init(_ text: String) throws {
        let ends = text.components(separatedBy: "..")
        if text == "boolean" {
            domain = .items(2)
        } else if text == "string" {
            domain = .text
        } else if ends.count == 2 {
            guard let low = Double(ends[0]), let high = Double(ends[1]), let range = NumberRange(low: low, high: high)
            else { throw ValidationError("--domain \(text): is no range. Write it as 0..100, the low end first") }
            (domain, self.range) = (.range, range)
        } else {
            guard let count = Int(text), (2...1 << 20).contains(count) else {
                throw ValidationError(
                    "--domain \(text): write how many values there are, 2 to 1048576; or boolean, string, or a range "
                        + "such as 0..100")
            }
            domain = .items(count)
        }
    }
}
