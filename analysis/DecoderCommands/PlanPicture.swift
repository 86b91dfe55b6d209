internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import Planning
internal import Reports

/// Plans as a picture: the error against devices for several ε, and against ε for several numbers of devices, with what was
/// asked for.
struct PlanPicture {
    /// More curves are not told apart.
    private static let curveLimit = 8

    let request: PlanRequest
    let page: PlanPage

    /// The picture as an SVG file.
    ///
    /// - Complexity: some 20 choices of a mechanism; of texts, whose collisions count, some 60.
    var svg: String {
        let epsilons = axisEpsilons, counts = axisCounts, curveCounts = curveCounts
        let askedEpsilons = Set(page.plans.map(\.epsilon)), askedCounts = Set(page.plans.map(\.deviceCount))
        let byDevices = ErrorChart(
            quantity: .devices,
            curves: curveEpsilons.map { epsilon in
                ErrorChart.Curve(
                    label: "ε \(Self.short(epsilon))", isAsked: askedEpsilons.contains(epsilon),
                    points: zip(counts, errors(epsilon: epsilon, counts)).map { (Double($0), $1) })
            }, marks: marks)
        let rows = epsilons.map { (Double($0.thousandths) / 1000, errors(epsilon: $0, curveCounts)) }
        let byEpsilon = ErrorChart(
            quantity: .epsilon,
            curves: curveCounts.enumerated().map { place, count in
                ErrorChart.Curve(
                    label: Self.short(count), isAsked: askedCounts.contains(count),
                    points: rows.map { ($0.0, $0.1[place]) })
            }, marks: marks)
        return ErrorPicture(
            title: "How many devices, which ε, which error", lines: lines, charts: [byDevices, byEpsilon],
            scale: request.range == nil ? .share : .number, errorTitle: errorTitle, legend: legend
        ).svg
    }

    /// In the units that are shown; `nil` for what cannot be planned with.
    private func errors(epsilon: Epsilon, _ counts: [Int]) -> [Double?] {
        guard let errors = try? request.question.errors(epsilon: epsilon, deviceCounts: counts) else {
            return counts.map { _ in nil }
        }
        return errors.map { $0 * request.unit }
    }

    private var lines: [String] {
        guard let first = page.plans.first else { return [] }
        let sentence = page.sentence(about: first)
        return page.plans.count > 1 ? ["The first of \(page.plans.count) plans: \(sentence)"] : [sentence]
    }

    private var errorTitle: String {
        let percent = Cell.significant(request.question.confidence.probability * 100, digits: 6).shown
        switch (request.question.measure, request.range) {
        case (.total, _): return "expected sum of the errors of all \(request.question.valueCount) values"
        case (.value, nil): return "error of a share: half of its \(percent) % interval, in percentage points"
        case (.value, _?): return "error of the mean: half of its \(percent) % interval, in units of the range"
        }
    }

    private var legend: [String] {
        let mechanisms = Set(page.plans.map(\.prospect.identifier)).sorted().joined(separator: ", ")
        var lines = [
            "Blue curves and points are what was asked for; grey ones are there to compare. Curves on the right are named by "
                + "their devices.",
            "The mechanism of the plans is \(mechanisms). Along ε each point has the best that fits"
                + (request.question.mechanism == .auto ? "." : ", of this name."),
        ]
        let (shown, all) = (curveEpsilons.count, Set(page.plans.map(\.epsilon)).count)
        if all > shown { lines.append("\(shown) of \(all) ε have a curve; every plan has its point.") }
        return lines
    }

    private var marks: [ErrorChart.Mark] {
        page.plans.enumerated().map { place, plan in
            ErrorChart.Mark(
                words: page.sentence(about: plan), devices: Double(plan.deviceCount),
                epsilon: Double(plan.epsilon.thousandths) / 1000, error: plan.error * request.unit, isGuided: place == 0
            )
        }
    }
}

extension PlanPicture {
    /// Those of the plans; of a single one also smaller and larger.
    private var curveEpsilons: [Epsilon] {
        let asked = Set(page.plans.map(\.epsilon.thousandths))
        let beside = asked.count == 1 ? [500, 1000, 2000, 4000] : []
        return Self.some(of: Set(asked).union(beside).sorted()).compactMap { try? Epsilon(thousandths: $0) }
    }

    private var curveCounts: [Int] {
        let asked = Set(page.plans.map(\.deviceCount)), allowed = PlanningTask.allowedDeviceCounts
        let beside = asked.count == 1 ? asked.flatMap { [$0 / 10, $0 > allowed.upperBound / 10 ? $0 : $0 * 10] } : []
        return Self.some(of: asked.union(beside.filter(allowed.contains)).sorted())
    }

    /// Evenly chosen, with the first and the last.
    private static func some(of all: [Int]) -> [Int] {
        guard all.count > curveLimit else { return all }
        return (0..<curveLimit).map { all[$0 * (all.count - 1) / (curveLimit - 1)] }
    }

    /// A decade and more around the plans' devices: the ends, and points between them where collisions bend a curve.
    private var axisCounts: [Int] {
        let counts = page.plans.map { Double($0.deviceCount) }
        let low = max(1, pow(10, log10(counts.min() ?? 1).rounded(.down) - 1))
        let high = min(1e10, pow(10, log10(counts.max() ?? 1).rounded(.up) + 1))
        let steps = request.question.domain == .text ? 5 : 1
        return (0...steps).map { Int((low * pow(high / low, Double($0) / Double(steps))).rounded()) }
    }

    /// From 0.1 to 8, or as far as the plans go.
    private var axisEpsilons: [Epsilon] {
        let asked = page.plans.map { Double($0.epsilon.thousandths) / 1000 }
        let low = min(0.1, asked.min() ?? 0.1), high = max(8, asked.max() ?? 8)
        let steps = request.question.domain == .text ? 8 : 16
        let axis = (0...steps).map { Int((1000 * low * pow(high / low, Double($0) / Double(steps))).rounded()) }
        return Set(axis + page.plans.map(\.epsilon.thousandths)).sorted().compactMap { try? Epsilon(thousandths: $0) }
    }

    /// Without zeros at the end.
    private static func short(_ epsilon: Epsilon) -> String { String(format: "%g", Double(epsilon.thousandths) / 1000) }

    private static func short(_ count: Int) -> String {
        count >= 1_000_000 ? String(format: "%.3g M", Double(count) / 1e6) : Digits.grouped(count)
    }
}
