import Foundation
import TestSupport
import Testing

@testable import TelemetryAgent

private let daysPerDevice = 4

@Suite("A process killed at random moments", .enabled(if: ClockShim.path != nil, "there is no C compiler"), .serialized)
struct KillTests {
    /// How often processes are killed, in all.
    private let kills = isThorough ? 500 : 60

    @Test("dither-agent keeps one permanent response, debits what it keeps, and sends every report once, byte for byte")
    func commandKilled() throws {
        var (done, hits, devices) = (0, 0, UInt64(0))
        while done < kills {
            devices += 1
            let device = try KilledDevice(seed: 0x6b69_6c6c + devices)
            let programs = device.programs
            let lifetime = try device.lifetime(programs.command(["status"]))
            func interrupt(_ words: String...) throws {
                try device.interrupt(programs.command(words), lifetime: lifetime)
                done += 1
            }
            try interrupt("on")
            #expect(try programs.agent("on").status == 0)
            for day in 0..<daysPerDevice {
                programs.setDay(day)
                try interrupt("record", "destination", "Reykjavík")
                try interrupt("record", "departed_late", "true")
                try interrupt("flush", "--now")
            }
            let violations = try device.finish(from: daysPerDevice, days: daysPerDevice)
            #expect(violations.isEmpty, "device \(devices): \(violations)")
            hits += device.hits
        }
        judge(hits, of: done)
        if isThorough { print("killed dither-agent: \(hits) of \(done) kills hit, \(devices) devices") }
    }

    @Test("A host in C keeps one permanent response, debits what it keeps, and sends every report once, byte for byte")
    func hostKilled() throws {
        var (done, hits, devices) = (0, 0, UInt64(0))
        while done < kills / 3 {
            devices += 1
            let device = try KilledDevice(seed: 0x686f_7374 + devices)
            let programs = device.programs
            let day = [
                "open", "on", "string", "destination", "Reykjavík", "boolean", "departed_late", "1", "flush", "10000",
                "string", "destination", "Reykjavík", "close",
            ]
            let lifetime = try device.lifetime(programs.hostCommand(["open", "close"])) * 3 / 2
            for index in 0..<daysPerDevice {
                programs.setDay(index)
                for _ in 0..<2 {
                    try device.interrupt(programs.hostCommand(day), lifetime: lifetime)
                    done += 1
                }
                // The first kill may have come before consent.
                if index == 0 { #expect(try programs.agent("on").status == 0) }
            }
            let violations = try device.finish(from: daysPerDevice, days: daysPerDevice)
            #expect(violations.isEmpty, "device \(devices): \(violations)")
            hits += device.hits
        }
        judge(hits, of: done)
        if isThorough { print("killed host: \(hits) of \(done) kills hit, \(devices) devices") }
    }

    /// That many kills hit a process in its work shows that the moments are chosen well. In the short form that is left to
    /// the machine's load; the kills at chosen calls hit without chance.
    private func judge(_ hits: Int, of done: Int) {
        if isThorough { #expect(hits >= done / 6, "\(hits) of \(done) kills hit") }
    }
}
