import ArgumentParser
import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import DecoderCommands

/// The figures were computed by a script of its own, from p* = e^ε/(e^ε + k − 1), not by this package.
@Suite("Columns, sums, intervals and corrections that are asked for")
struct EstimateChoicesTests {
    private let request = EstimateRequest(metric: "carrier")

    /// 1,400 reports of four carriers and of no event at ε 2.
    private func carriers() throws -> (StoreFixture, MetricDefinition) {
        let metric = try categoryMetric()
        return (try storeOfReports(of: metric, sealed: [(1, [500, 400, 200, 150, 150])]), metric)
    }

    private func choices(_ change: (inout EstimateChoices) throws -> Void) rethrows -> EstimateChoices {
        var choices = EstimateChoices()
        try change(&choices)
        return choices
    }

    private func result(_ choices: EstimateChoices, byPeriod: Bool = false) throws -> EstimateResult {
        let (store, metric) = try carriers()
        return try estimated(
            EstimateRequest(metric: "carrier", byPeriod: byPeriod, choices: choices), from: store, metrics: [metric])
    }

    private func cells(_ result: EstimateResult) -> [[String]] {
        result.rendered(as: .csv).split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    }

    @Test("added columns stand behind the others in one order, and what is consistent adds up")
    func columns() throws {
        let rows = cells(try result(choices { $0.additions = [.adjusted, .consistent, .denoised] }))
        #expect(rows[0].suffix(4) == ["detected", "denoised", "consistent", "p_adjusted"])
        #expect(
            rows[0].prefix(8).joined(separator: ",") == cells(try result(EstimateChoices()))[0].joined(separator: ","))
        let consistent = try rows.dropFirst().map { try #require(Double($0[9])) }
        #expect(abs(consistent.reduce(0, +) - 1) < 1e-7)
        // All are positive, and those of a whole domain add up without help.
        #expect(rows.dropFirst().allSatisfy { $0[9] == $0[3] })
        for row in rows.dropFirst() {
            let pValue = try #require(Double(row[6])), adjusted = try #require(Double(row[10]))
            #expect(abs(adjusted - min(1, 5 * pValue)) <= 1e-5 * adjusted)
            #expect((0...1).contains(try #require(Double(row[8]))))
        }
    }

    @Test("sums have rows behind those of the values, with the variance of their own and (none) among them")
    func sums() throws {
        let asked = try choices { $0.sums = [try NamedSum("big=AA,B6"), try NamedSum("rest=(none),UA")] }
        let rows = cells(try result(asked))
        #expect(rows.count == 8)
        #expect(rows[6].prefix(6) == ["big", "1166.080", "28.750", "0.83291428", "0.79266550", "0.87316306"])
        #expect(rows[7].prefix(6) == ["rest", "96.527", "25.674", "0.06894790", "0.03300538", "0.10489042"])
        #expect(rows[6][7] == "true" && rows[7][7] == "true")
    }

    @Test("a sum of all values is all reports, and consistent sums add up while denoised ones are left empty")
    func wholeSum() throws {
        let asked = try choices {
            $0.sums = [try NamedSum("all=AA,B6,DL,UA,(none)")]
            $0.additions = [.denoised, .consistent, .adjusted]
        }
        let result = try result(asked)
        let line = try #require(result.rendered(as: .csv).split(separator: "\n").last)
        #expect(line == "all,1400.000,0.000,1.00000000,1.00000000,1.00000000,0,true,,1.00000000,0")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(result.rendered(as: .json).utf8)) as? [String: Any])
        let sums = try #require(json["sums"] as? [[String: Any]]), rows = try #require(json["rows"] as? [[String: Any]])
        #expect(rows.count == 5 && sums.count == 1)
        let values = try #require(sums[0]["values"] as? [Any])
        #expect(values.count == 5 && values[4] is NSNull && values[0] as? String == "AA")
        #expect(sums[0]["sum"] as? String == "all" && sums[0]["count"] as? Double == 1400)
        #expect(sums[0]["denoised"] is NSNull && sums[0]["is_upper_bound"] as? Bool == false)
        #expect(result.rendered(as: .table).contains("\nall "))
    }

    @Test("by period every period has its sums, and one below the gate has none")
    func sumsByPeriod() throws {
        let metric = try categoryMetric()
        let store = try storeOfReports(
            of: metric,
            sealed: [(1, [500, 400, 200, 150, 150]), (2, [9, 9, 9, 9, 9]), (3, [400, 500, 200, 150, 150])])
        let asked = try choices { $0.sums = [try NamedSum("big=AA,B6")] }
        let result = try estimated(
            EstimateRequest(metric: "carrier", byPeriod: true, choices: asked), from: store, metrics: [metric])
        let sums = cells(result).filter { $0[1] == "big" }
        #expect(sums.map { $0[0] } == ["2026-06-01", "2026-06-03"] && sums.allSatisfy { $0[2] == "1166.080" })
    }

    @Test("intervals for the population are wider by the draw, and say what they are for")
    func population() throws {
        let rows = cells(try result(choices { $0.interval = .population }))
        #expect(rows[1].prefix(6) == ["AA", "672.169", "31.959", "0.48012101", "0.43537922", "0.52486279"])
        #expect(rows[3].prefix(6) == ["DL", "137.393", "23.340", "0.09813782", "0.06546304", "0.13081260"])
        let result = try result(choices { $0.interval = .population })
        #expect(result.notes[0].hasPrefix("Intervals are for the population of which the devices"))
        #expect(result.rendered(as: .json).contains("\"interval\": \"population\""))
        #expect(!(try self.result(EstimateChoices())).rendered(as: .json).contains("\"interval\""))
    }

    @Test("pooled days are drawn as the same devices, and the note says so")
    func populationOfDays() throws {
        let metric = try categoryMetric()
        let counts = [500, 400, 200, 150, 150]
        let store = try storeOfReports(of: metric, sealed: [(1, counts), (2, counts)])
        let asked = choices { $0.interval = .population }
        let pooled = try estimated(EstimateRequest(metric: "carrier", choices: asked), from: store, metrics: [metric])
        #expect(pooled.notes[0].contains("reported on every day"))
        let single = try estimated(
            EstimateRequest(metric: "carrier", byPeriod: true, choices: asked), from: store, metrics: [metric])
        #expect(!single.notes[0].contains("reported on every day"))
        let (one, both) = (cells(single)[1], cells(pooled)[1])
        // Noise halves its part of the variance of a frequency, and the draw does not.
        let errors = (try #require(Double(one[3])) / 1400, try #require(Double(both[2])) / 2800)
        let draw = 0.480121 * 0.519879 / 1400
        #expect(abs(errors.0 * errors.0 - draw - 2 * (errors.1 * errors.1 - draw)) < 1e-8)
    }

    @Test("Holm's steps and the false discovery rate detect what their adjusted p-values say")
    func corrections() throws {
        // Five values whose p-values are near the threshold.
        let metric = try categoryMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [900, 165, 163, 160, 12])])
        var detected: [EstimateChoices.Correction: Int] = [:]
        for correction in EstimateChoices.Correction.allCases {
            let asked = choices { asked in (asked.correction, asked.additions) = (correction, [.adjusted]) }
            let result = try estimated(
                EstimateRequest(metric: "carrier", choices: asked), from: store, metrics: [metric])
            let rows = cells(result).dropFirst()
            let pValues = try rows.map { try #require(Double($0[6])) }
            let expected = correction.procedure(ofIndependent: false).adjusted(pValues)
            for (row, adjusted) in zip(rows, expected) {
                #expect(abs(try #require(Double(row[8])) - adjusted) <= 2e-5 * adjusted)
                #expect((row[7] == "true") == (adjusted <= 0.05))
            }
            detected[correction] = rows.count { $0[7] == "true" }
        }
        #expect((detected[.holm] ?? 0) >= (detected[.bonferroni] ?? 9))
        #expect(try result(choices { $0.correction = .fdr }).notes.contains { $0.contains("at most 5 % on average") })
    }

    @Test("simultaneous intervals are those of a confidence that all rows share")
    func simultaneous() throws {
        let (store, metric) = try carriers()
        let together = cells(
            try result(try choices { ($0.isSimultaneous, $0.sums) = (true, [try NamedSum("big=AA,B6")]) }))
        let level = try #require(ConfidenceLevel(1 - 0.05 / 6))
        let apart = cells(
            try estimated(EstimateRequest(metric: "carrier", confidence: level), from: store, metrics: [metric]))
        #expect(Array(together[1...5]) == Array(apart[1...5]))
        #expect(
            try result(choices { $0.isSimultaneous = true }).notes
                .contains("All 5 intervals cover at once with the probability that one alone claims."))
    }

    @Test("a sum of a string is over candidates, where quotation marks tell a text from no event")
    func strings() throws {
        let metric = try sketchMetric(rows: 16, width: 1024), store = try StoreFixture()
        try store.add(definition: metric)
        let held = inputs(["JFK": 700, "LGA": 300, "(none)": 200], absent: 100)
        try store.add(try seededPayloads(of: metric, about: held, seed: 0x5EF0), of: metric, day: testDay(1))
        let list = try candidates(["JFK", "LGA", "(none)"])
        let asked = try choices {
            $0.sums = [
                try NamedSum("airports=JFK,LGA"), try NamedSum(#"text=JFK,"(none)""#), try NamedSum("no=(none)"),
            ]
            $0.additions = [.consistent]
        }
        let result = try estimated(
            EstimateRequest(metric: "destination", choices: asked), from: store, metrics: [metric], candidates: list)
        guard case .frequencies(let estimates) = try #require(result.groups[0].estimates?.figures) else { return }
        let sums = try #require(result.groups[0].estimates?.sums)
        #expect(sums.map(\.isBound) == [true, true, false])
        #expect(sums[1].estimate.count == estimates[0].count + estimates[2].count)
        #expect(sums[2].estimate.count == estimates[3].count)
        #expect(result.notes.contains { $0.hasPrefix("The errors of airports, text are upper bounds") })
        // Candidates need not be all there is: what is consistent is at most 1.
        let consistent = try cells(result)[1...4].map { try #require(Double($0[8])) }
        #expect(consistent.reduce(0, +) <= 1 + 1e-6 && consistent.allSatisfy { $0 >= 0 })
    }

    @Test("a basic RAPPOR sum with no event is what the other values leave")
    func basicRappor() throws {
        let metric = try basicRapporMetric(), store = try StoreFixture()
        try store.add(definition: metric)
        let held = (0..<4).flatMap { [MechanismInput](repeating: .item($0), count: 300) }
        try store.add(try seededPayloads(of: metric, about: held, seed: 0x5EF1), of: metric, day: testDay(1))
        let asked = try choices {
            $0.sums = [try NamedSum("two=AA,B6"), try NamedSum("left=DL,UA,(none)")]
            $0.interval = .population
        }
        let result = try estimated(
            EstimateRequest(metric: "carriers", choices: asked), from: store, metrics: [metric])
        let sums = try #require(result.groups[0].estimates?.sums)
        #expect(abs(sums[0].estimate.frequency + sums[1].estimate.frequency - 1) < 1e-9)
        #expect(sums.allSatisfy { !$0.isBound && $0.estimate.interval.contains(0.5) })
    }

    @Test("a mean by one bit has the interval of the population already, for one report a device")
    func means() throws {
        let metric = try numberMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [600, 400]), (2, [500, 600])])
        let asked = choices { $0.interval = .population }
        let day = EstimateRequest(metric: "air_time", to: testDay(1), choices: asked)
        let plain = EstimateRequest(metric: "air_time", to: testDay(1))
        #expect(
            cells(try estimated(day, from: store, metrics: [metric]))
                == cells(try estimated(plain, from: store, metrics: [metric])))
        let pooled = try #require(throws: CommandError.self) {
            try estimated(EstimateRequest(metric: "air_time", choices: asked), from: store, metrics: [metric])
        }
        #expect(pooled.status == .usage && pooled.message.contains("there are 2 days. Take one day, or --by period."))
    }

    @Test("what a sum cannot be is status 2 and says what to do")
    func refusedSums() throws {
        let cases = [
            ("east=AA,ZZ", "--sum east: 'ZZ' is no value of carrier. It has: AA, B6, DL, UA, (none)"),
            ("east=AA,AA", "--sum east: has 'AA' twice. Leave one out."),
            ("AA=B6", "--sum AA: is a value of carrier. Give the sum another name."),
            ("(none)=B6", "--sum (none): is a value of carrier. Give the sum another name."),
            (#"east="(none)""#, "--sum east: '(none)' is no value of carrier. It has: AA, B6, DL, UA, (none)"),
            ("east=", "has no values"),
        ]
        for (text, message) in cases where !text.hasSuffix("=") {
            let asked = try choices { $0.sums = [try NamedSum(text)] }
            #expect(throws: CommandError(.usage, message)) { try result(asked) }
        }
        let boolean = try booleanMetric()
        let error = try #require(throws: CommandError.self) {
            try estimated(
                EstimateRequest(
                    metric: "departed_late", choices: try choices { $0.sums = [try NamedSum("x=true,(none)")] }),
                from: try storeOfReports(of: boolean, sealed: [(1, [600, 600])]), metrics: [boolean])
        }
        #expect(error.message == "--sum x: departed_late has no row for no event. Leave (none) out.")
        let sketch = try sketchMetric()
        let missing = try #require(throws: CommandError.self) {
            try estimated(
                EstimateRequest(metric: "destination", choices: try choices { $0.sums = [try NamedSum("x=JFK")] }),
                from: try StoreFixture(), metrics: [sketch], candidates: try candidates(["LGA"]))
        }
        #expect(
            missing
                == CommandError(
                    .usage, "--sum x: 'JFK' is not among the candidates. Add it to them, or leave it out."))
    }

    @Test("of a mean there are no sums, no columns and no corrections")
    func refusedForMeans() throws {
        let metric = try numberMetric(), store = try StoreFixture()
        for (option, choices) in [
            ("--sum", try choices { $0.sums = [try NamedSum("x=1")] }),
            ("--with", choices { $0.additions = [.denoised] }),
            ("--correction", choices { $0.correction = .holm }),
        ] {
            #expect(
                throws: CommandError(
                    .usage,
                    "\(option): air_time is a number, and its mean is no frequency of values. Leave it out.")
            ) { try estimated(EstimateRequest(metric: "air_time", choices: choices), from: store, metrics: [metric]) }
        }
    }

    @Test(
        "what is no column, no interval, no correction and no sum is a usage error that names it",
        arguments: [
            (["--with", "denoised,nice"], "--with 'nice': is no column that can be added"),
            (["--with", ""], "--with ''"),
            (["--interval", "universe"], "population"), (["--correction", "none"], "bonferroni"),
            (["--sum", "east"], "--sum 'east': has no name"), (["--sum", "=JFK"], "has no name"),
            (["--sum", "east="], "has no values"), (["--sum", "east=a\"b"], "is no line of CSV behind the ="),
            (["--sum", "a=x\ny"], "is no line of CSV"),
            (["--sum", "a=x", "--sum", "a=y"], "--sum 'a': is there twice"),
        ])
    func usage(arguments: [String], words: String) {
        let needed = ["--registry", "r", "--store", "s", "--metric", "m"]
        do {
            _ = try EstimateCommand.parse(needed + arguments)
            Issue.record("\(arguments) were taken")
        } catch {
            #expect(EstimateCommand.exitCode(for: error) == .validationFailure)
            #expect(EstimateCommand.message(for: error).contains(words), "\(EstimateCommand.message(for: error))")
        }
    }

    @Test("sums are read as a line of CSV behind their name")
    func namedSums() throws {
        let sum = try NamedSum(#"my sum=a,"b, c",,"say ""hi""""#)
        #expect(sum.name == "my sum")
        #expect(sum.members.map(\.text) == ["a", "b, c", "", "say \"hi\""])
        #expect(sum.members.map(\.isQuoted) == [false, true, false, true])
        #expect(try NamedSum("x=a=b").members.map(\.text) == ["a=b"])
    }

    @Test("every option is taken where it is right")
    func accepted() throws {
        let command = try EstimateCommand.parse([
            "--registry", "r", "--store", "s", "--metric", "m", "--with", "adjusted,denoised", "--interval",
            "population",
            "--correction", "fdr", "--simultaneous", "--sum", "a=x,y", "--sum", "b=(none)",
        ])
        #expect(command.with == "adjusted,denoised" && command.interval == .population)
        let choices = try command.choices.chosen()
        #expect(choices.correction == .fdr && choices.isSimultaneous && choices.sums.map(\.name) == ["a", "b"])
    }
}
