import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import TestSupport
import Testing

@testable import DecoderCommands

@Suite("Distributions of a number are written as the manual says")
struct NumberEstimateTests {
    @Test(
        "buckets have the columns of values, and a square wave a denoised one; the last bucket holds both of its ends")
    func buckets() throws {
        let metric = try metric(SquareWave.self, ["buckets": DeclaredNumber(4)])
        let store = try reports(of: metric)
        let rows = try estimated(EstimateRequest(metric: "air_time"), from: store, metrics: [metric])
            .rendered(as: .csv).split(separator: "\n").map { $0.split(separator: ",") }
        #expect(
            rows[0].joined(separator: ",")
                == "value,count,standard_error,frequency,frequency_low,frequency_high,p_value,detected,denoised")
        #expect(rows.dropFirst().map { $0[0] } == ["[-10..0)", "[0..10)", "[10..20)", "[20..30]"])
        let frequencies = rows.dropFirst().compactMap { Double($0[3]) }
        #expect(abs(frequencies.reduce(0, +) - 1) < 1e-6 && frequencies[1] > 0.4)
        let denoised = rows.dropFirst().compactMap { Double($0[8]) }
        #expect(abs(denoised.reduce(0, +) - 1) < 1e-6 && denoised.allSatisfy { $0 >= 0 })
        #expect(rows[2][7] == "true")
    }

    @Test("quantiles rise and have no standard error, and the mean has the row that means have")
    func views() throws {
        let metric = try metric(SquareWave.self, ["buckets": DeclaredNumber(4)])
        let store = try reports(of: metric)
        let quantiles = try estimated(
            EstimateRequest(metric: "air_time", numbers: .quantiles), from: store, metrics: [metric]
        ).rendered(as: .csv).split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(quantiles[0].joined(separator: ",") == "value,estimate,standard_error,low,high")
        #expect(
            quantiles.map { $0[0] }.dropFirst()
                == ["0.05", "0.25", "0.5", "0.75", "0.95"].map { "quantile \($0)" }[...])
        let values = quantiles.dropFirst().compactMap { Double($0[1]) }
        #expect(values.count == 5 && values == values.sorted() && quantiles[1][2].isEmpty)
        let median = quantiles[3]
        #expect(try #require(Double(median[3])) <= 3 && 3 < (try #require(Double(median[4]))))

        let mean = try estimated(
            EstimateRequest(metric: "air_time", byPeriod: true, numbers: .mean, fitting: .unsmoothed), from: store,
            metrics: [metric])
        let row = mean.rendered(as: .csv).split(separator: "\n")[1].split(separator: ",")
        #expect(row.count == 6 && row[1] == "mean")
        #expect(try #require(Double(row[4])) < 6 && 6 < (try #require(Double(row[5]))))
        let json = mean.rendered(as: .json)
        #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
        let page = mean.rendered(as: .table)
        #expect(page.contains("A bucket holds its lower end and not its upper; the last one holds both."))
    }

    @Test("d-bit flip shows buckets, the piecewise mechanism and the hybrid a mean")
    func others() throws {
        let flips = try metric(DBitFlip.self, ["buckets": DeclaredNumber(4), "sampled_buckets": DeclaredNumber(2)])
        let rows = try estimated(
            EstimateRequest(metric: "air_time"), from: try reports(of: flips), metrics: [flips]
        ).rendered(as: .csv).split(separator: "\n")
        #expect(rows.count == 5 && rows[0].hasSuffix("p_value,detected") && rows[1].hasPrefix("[-10..0),"))
        for type in [Piecewise.self, Hybrid.self] as [any LocalRandomizer.Type] {
            let metric = try metric(type, [:])
            let rows = try estimated(
                EstimateRequest(metric: "air_time", numbers: .mean), from: try reports(of: metric), metrics: [metric]
            ).rendered(as: .csv).split(separator: "\n").map { $0.split(separator: ",") }
            #expect(rows.count == 2 && rows[1][0] == "mean")
            #expect(try #require(Double(rows[1][3])) < 6 && 6 < (try #require(Double(rows[1][4]))))
        }
    }

    @Test("what a mechanism's reports do not tell is a usage error that says what they tell")
    func refusals() throws {
        let flips = try metric(DBitFlip.self, ["buckets": DeclaredNumber(4)])
        for (metric, request, words) in [
            (flips, EstimateRequest(metric: "air_time", numbers: .mean), "They tell: distribution"),
            (flips, EstimateRequest(metric: "air_time", fitting: .unsmoothed), "--fit"),
            (try numberMetric(), EstimateRequest(metric: "air_time", numbers: .quantiles), "They tell: mean"),
            (try sketchMetric(), EstimateRequest(metric: "destination", numbers: .mean), "is a string"),
        ] {
            let list = metric.name == "destination" ? try candidates(["a"]) : nil
            let error = try #require(throws: CommandError.self) {
                try estimated(request, from: try StoreFixture(), metrics: [metric], candidates: list)
            }
            #expect(error.status == .usage && error.message.contains(words), "\(error.message)")
        }
    }

    @Test("buckets of the population have the error of the draw besides, and quantiles and means are refused it")
    func population() throws {
        let wave = try metric(SquareWave.self, ["buckets": DeclaredNumber(4)])
        let flips = try metric(DBitFlip.self, ["buckets": DeclaredNumber(4), "sampled_buckets": DeclaredNumber(2)])
        var choices = EstimateChoices()
        choices.interval = .population
        for metric in [wave, flips] {
            let store = try reports(of: metric)
            let plain = try buckets(EstimateRequest(metric: "air_time"), from: store, of: metric)
            let result = try estimated(
                EstimateRequest(metric: "air_time", choices: choices), from: store, metrics: [metric])
            let drawn = try buckets(EstimateRequest(metric: "air_time", choices: choices), from: store, of: metric)
            for (own, both) in zip(plain, drawn) {
                let frequency = own[3], likely = min(max(frequency, 0), 1)
                let added = (both[2] * both[2] - own[2] * own[2]) / 6000
                #expect(abs(added - likely * (1 - likely)) < 1e-3)
                #expect(both[3] == frequency && both[4] < own[4] && own[5] < both[5])
            }
            #expect(result.notes[0].hasPrefix("Intervals are for the population of which"))
        }
        for view in [NumberView.quantiles, .mean] {
            let request = EstimateRequest(metric: "air_time", choices: choices, numbers: view)
            #expect(
                throws: CommandError(
                    .usage,
                    "--interval population: air_time is a number that is counted in buckets, and only the frequencies of "
                        + "buckets have one. Leave it out, or take --show distribution.")
            ) { try estimated(request, from: try StoreFixture(), metrics: [wave]) }
        }
    }

    @Test("a bucket that no report sampled has no estimate of the population either")
    func unsampledBucket() throws {
        let metric = try metric(
            DBitFlip.self, ["buckets": DeclaredNumber(64), "sampled_buckets": DeclaredNumber(1)], minimumReports: 10)
        let store = try reports(of: metric, count: 12)
        var choices = EstimateChoices()
        choices.interval = .population
        let rows = try estimated(
            EstimateRequest(metric: "air_time", choices: choices), from: store, metrics: [metric]
        ).rendered(as: .csv)
        let plain = try estimated(EstimateRequest(metric: "air_time"), from: store, metrics: [metric])
            .rendered(as: .csv)
        let unsampled = plain.split(separator: "\n").filter { $0.contains(",,") }
        #expect(unsampled.count >= 52 && unsampled.allSatisfy(rows.split(separator: "\n").contains))
    }

    @Test(
        "simultaneous intervals share their misses among the buckets or quantiles that are shown, and a mean keeps its own"
    )
    func simultaneous() throws {
        let wave = try metric(SquareWave.self, ["buckets": DeclaredNumber(4)])
        let flips = try metric(DBitFlip.self, ["buckets": DeclaredNumber(4), "sampled_buckets": DeclaredNumber(2)])
        // Quantiles' intervals end where buckets do: only narrow ones and numbers that are spread out tell two levels apart.
        let narrow = try metric(SquareWave.self, ["buckets": DeclaredNumber(32)])
        var choices = EstimateChoices()
        choices.isSimultaneous = true
        for (metric, view, count) in [
            (wave, NumberView.distribution, 4), (flips, .distribution, 4), (narrow, .quantiles, 5), (wave, .mean, 1),
        ] {
            let store = try reports(of: metric, areSpread: view == .quantiles)
            func result(_ confidence: ConfidenceLevel, _ choices: EstimateChoices) throws -> EstimateResult {
                try estimated(
                    EstimateRequest(metric: "air_time", confidence: confidence, choices: choices, numbers: view),
                    from: store, metrics: [metric])
            }
            let together = try result(.standard, choices)
            let level = try #require(ConfidenceLevel(1 - 0.05 / Double(count)))
            let apart = try result(level, EstimateChoices()).rendered(as: .csv)
            #expect(together.rendered(as: .csv) == apart)
            let plain = try result(.standard, EstimateChoices()).rendered(as: .csv)
            #expect((apart == plain) == (count == 1))
            let note = "All \(count) intervals cover at once with the probability that one alone claims."
            #expect(together.notes.contains(note) == (count > 1))
        }
    }

    @Test("what is for values is refused for buckets, and a square wave's denoised column is pointed to")
    func refusedForBuckets() throws {
        let wave = try metric(SquareWave.self, ["buckets": DeclaredNumber(4)])
        let flips = try metric(DBitFlip.self, ["buckets": DeclaredNumber(4)])
        let values = "columns are added to rows of values alone"
        let denoised = "the rows of its buckets have a denoised column without being asked for it; other " + values
        for (option, change, metric, reason) in [
            ("--sum", { $0.sums = [try NamedSum("x=1")] }, wave, "only values are added up"),
            ("--sum", { $0.sums = [try NamedSum("x=1")] }, flips, "only values are added up"),
            ("--with", { $0.additions = [.denoised] }, wave, denoised),
            ("--with", { $0.additions = [.consistent] }, wave, values),
            ("--with", { $0.additions = [.denoised] }, flips, values),
            (
                "--correction", { $0.correction = .holm }, flips,
                "what is detected of buckets is always decided by Bonferroni's correction"
            ),
        ] as [(String, (inout EstimateChoices) throws -> Void, MetricDefinition, String)] {
            var choices = EstimateChoices()
            try change(&choices)
            let message = "\(option): air_time is a number that is counted in buckets, and \(reason). Leave it out."
            #expect(throws: CommandError(.usage, message)) {
                try estimated(
                    EstimateRequest(metric: "air_time", choices: choices), from: try StoreFixture(), metrics: [metric])
            }
        }
    }

    /// The numbers of the rows of buckets; the first, of the label, is 0.
    private func buckets(
        _ request: EstimateRequest, from store: StoreFixture, of metric: MetricDefinition
    ) throws -> [[Double]] {
        try estimated(request, from: store, metrics: [metric]).rendered(as: .csv).split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",").map { Double($0) ?? 0 } }
    }

    /// Reports at ε 2, all from one day: two thirds of 3 and one third of 12, or of numbers that are spread over the range.
    private func reports(of metric: MetricDefinition, count: Int = 6000, areSpread: Bool = false) throws -> StoreFixture
    {
        guard case .number(let range) = metric.domain else { preconditionFailure("the metric is a number") }
        let inputs = (0..<count).map {
            MechanismInput.place(
                range.place(of: areSpread ? -10 + 40 * Double($0) / Double(count) : $0 % 3 == 0 ? 12 : 3))
        }
        let store = try StoreFixture()
        try store.add(definition: metric)
        try store.add(try seededPayloads(of: metric, about: inputs, seed: 0x5eed_0707), of: metric, day: testDay(1))
        return store
    }

    private func metric(
        _ type: any LocalRandomizer.Type, _ parameters: [String: DeclaredNumber], minimumReports: Int = 1000
    ) throws -> MetricDefinition {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 2000), domain: .range, reportsAbsence: false, parameters: parameters)
        return try numberMetric(minimumReports: minimumReports, mechanism: try type.make(declared: declared))
    }
}
