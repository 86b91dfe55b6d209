import ArgumentParser
import Estimation
import Foundation
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import DecoderCommands

@Suite("False reports")
struct FalseReportsTests {
    @Test("a store of crafted reports raises the alarm before all other notes, and one of honest ones does not")
    func craftedReportsRaiseTheAlarm() throws {
        let metric = try basicRapporMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [0, 0, 0, 1200])])
        let result = try estimated(EstimateRequest(metric: "carriers"), from: store, metrics: [metric])
        let screen = try #require(result.groups.first?.estimates?.screen)
        #expect(screen.isAlarm && screen.tests == [.weights, .pairs])
        #expect(result.notes.first?.hasPrefix("ALARM: not all of these reports are honest.") == true)
        #expect(result.rendered(as: .json).contains("raised"))

        let honest = try categoryMetric()
        let honestStore = try storeOfReports(of: honest, sealed: [(1, [500, 400, 200, 150, 150])])
        let quiet = try estimated(EstimateRequest(metric: "carrier"), from: honestStore, metrics: [honest])
        #expect(quiet.groups.first?.estimates?.screen?.isAlarm == false)
        #expect(!quiet.notes.contains { $0.hasPrefix("ALARM") })
    }

    @Test("intervals for false devices are wider by what so many reports can add and take away")
    func falseDevicesWidenIntervals() throws {
        let metric = try categoryMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [500, 400, 200, 150, 150])])
        var choices = EstimateChoices()
        choices.falseDevices = try FalseDevices(option: "14")
        let request = EstimateRequest(metric: "carrier", choices: choices)
        let csv = try estimated(request, from: store, metrics: [metric]).rendered(as: .csv)
        let lines = csv.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        #expect(lines[0].suffix(2) == ["low_if_false", "high_if_false"])
        // p* = e²/(e² + 4) and q* = 1/(e² + 4): 14 of 1,400 reports are 1 %.
        let odds = exp(2.0), gap = (odds - 1) / (odds + 4), spurious = 1 / (odds + 4)
        for line in lines.dropFirst() {
            let numbers = line.map { Double($0) ?? .nan }
            #expect(abs(numbers[4] - 0.01 * (1 - spurious) / gap - numbers[8]) < 1e-6, "\(line)")
            #expect(abs(numbers[5] + 0.01 * spurious / gap - numbers[9]) < 1e-6, "\(line)")
        }
    }

    @Test(
        "a number of false devices is a count or a percentage below 100",
        arguments: ["", "-1", "1.5", "100%", "%", "x"])
    func malformedNumbersAreRefused(text: String) throws {
        #expect(throws: ValidationError.self) { try FalseDevices(option: text) }
        #expect(try FalseDevices(option: "2.5%") == .share(0.025))
        #expect(try FalseDevices(option: "250") == .count(250))
        #expect(FalseDevices.count(10).reportCount(of: 1000, periodCount: 3) == 30)
        #expect(FalseDevices.count(1000).reportCount(of: 1000, periodCount: 3) == 1000)
        #expect(FalseDevices.share(0.5).reportCount(of: 1000, periodCount: 3) == 500)
    }
}
