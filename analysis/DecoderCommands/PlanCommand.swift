public import ArgumentParser
internal import Estimation
internal import LocalPrivacy
internal import MetricDefinitions
internal import Planning

/// `dither plan`: from two of devices, ε and error the third.
public struct PlanCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Plan a metric: from two of devices, epsilon and target error find the third.",
        discussion: """
            A plain sentence first, then a row per plan: devices, epsilon, error, mechanism, report_bytes, \
            smallest_share, curator_devices, price. Lists with commas make a sweep. The error is half the width of an \
            interval: of shares a fraction of 1, of a mean in the units of its range. smallest_share is the smallest \
            share that is detected with the probability of the confidence. curator_devices is how many a curator needs \
            for the same error who is trusted with every true value; price is the ratio.

            Figures are from the exact variance of the mechanism and the normal distribution. --plot draws them, and \
            the error for more or fewer devices and for other ε.

            EXAMPLES:
              dither plan --devices 100000 --epsilon 1 --domain 16
              dither plan --target 1% --epsilon 0.5,1,2,4 --domain boolean
              dither plan --devices 1e6 --target 0.5% --domain 1024 --report-bytes 4
              dither plan --devices 50000 --epsilon 1 --domain 0..1440
              dither plan --target 1% --epsilon 1 --plot plan.svg

            EXIT STATUS:
              0  planned
              2  usage, or no mechanism for it
              3  no number of devices, or no epsilon, attains the target
            """)

    @Option(help: "How many devices report, such as 100000 or 1e6; or several, with commas.")
    var devices: String?

    @Option(
        name: [.customLong("epsilon"), .customLong("eps")],
        help: "ε of one report, 0.001 to 16; or several.")
    var epsilon: String?

    @Option(help: "The error to attain: a share such as 1% or 0.01, or of a mean in units of its range; or several.")
    var target: String?

    // Unconditional: a range may start with a minus sign.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What the values are: how many there are, boolean, string, or the range of a number.",
            valueName: "count|boolean|string|low..high"))
    var domain = "boolean"

    @Option(help: "With what probability an interval covers the truth, between 0 and 1.")
    var confidence = 0.95

    @Option(help: "A mechanism by name, or auto: the best that fits.")
    var mechanism = "auto"

    @Option(help: "The share of the value whose error is meant; without it, that of values that are equally frequent.")
    var share: String?

    @Option(help: "Which error: value (half an interval), or total (the expected sum over all values).")
    var measure = PlanQuestion.Measure.value

    @Option(help: "Whom intervals speak of: sample (the devices that report) or population.")
    var interval = PlanQuestion.Scope.sample

    @Option(help: "How many texts are looked for, of a string: they share the error rate of detection.")
    var candidates: Int?

    @Option(help: "The most bytes of one report.")
    var reportBytes = PlanningTask.standardByteBudget

    @Option(help: PlotFile.help)
    var plot: String?

    @Option(help: "How the plan is written: table (for people), csv or json.")
    var format = OutputFormat.table

    public init() {}

    public func validate() throws { _ = try request() }

    public func run() throws {
        let request = try request()
        var page = PlanPage(request)
        for task in request.tasks {
            do { page.append(try task.plan(request.question), for: task) } catch {
                switch error {
                case .unattainable: page.append(nil, for: task)
                case .choice(.budgetTooSmall(let smallest)):
                    throw CommandError(
                        .usage,
                        "--report-bytes \(reportBytes): the shortest report has \(smallest) bytes. Allow that many")
                case .choice(.noMechanism):
                    throw CommandError(.usage, "--domain \(domain): no mechanism takes so many values")
                case .notPlanned(let name):
                    throw CommandError(
                        .usage,
                        "--mechanism \(name): does not take --domain \(domain), is memoized only, or has an error that is "
                            + "not known beforehand. Name another, or auto")
                case .unknownMechanism(let name):
                    let names = MechanismCatalog.standard.identifiers.joined(separator: ", ")
                    throw CommandError(
                        .usage, "--mechanism \(name): there is none of this name. There are: auto, \(names)")
                }
            }
        }
        guard page.hasPlan else {
            throw CommandError(
                .insufficientData,
                "no \(request.unknown.words) attains the target. Raise --target, or allow more of the others")
        }
        if let plot {
            let picture = PlanPicture(request: request, page: page)
            try PlotFile(plot).write(picture.svg)
        }
        try StandardStreams.write(page.rendered(as: format))
        for note in page.notes where format != .table { StandardStreams.tell("note: \(note)") }
    }

    private func request() throws -> PlanRequest {
        try PlanRequest(
            devices: devices, epsilon: epsilon, target: target, domain: domain, confidence: confidence,
            mechanism: mechanism, share: share, measure: measure, scope: interval, candidates: candidates,
            reportBytes: reportBytes)
    }
}

extension PlanQuestion.Measure: ExpressibleByArgument {}
extension PlanQuestion.Scope: ExpressibleByArgument {}
