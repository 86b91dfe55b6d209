import DecoderCommands
import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import TestSupport
import Testing

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

    /// 6,000 reports at ε 2: two thirds of 3 and one third of 12, all from one day.
    private func reports(of metric: MetricDefinition) throws -> StoreFixture {
        guard case .number(let range) = metric.domain else { preconditionFailure("the metric is a number") }
        let inputs = (0..<6000).map { MechanismInput.place(range.place(of: $0 % 3 == 0 ? 12 : 3)) }
        let store = try StoreFixture()
        try store.add(definition: metric)
        try store.add(try seededPayloads(of: metric, about: inputs, seed: 0x5eed_0707), of: metric, day: testDay(1))
        return store
    }

    private func metric(
        _ type: any LocalRandomizer.Type, _ parameters: [String: DeclaredNumber]
    ) throws -> MetricDefinition {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 2000), domain: .range, reportsAbsence: false, parameters: parameters)
        return try numberMetric(mechanism: try type.make(declared: declared))
    }
}
