internal import Estimation
internal import Foundation
internal import Synchronization

/// How often the alarm was raised in the runs of a scene.
public struct PoisoningResult: Sendable {
    public let scene: PoisoningScene
    /// Runs without a false report, and those of them with an alarm.
    public let cleanCount: Int, falseAlarmCount: Int
    /// Runs with false reports, and those of them with an alarm.
    public let attackedCount: Int, alarmCount: Int
    /// By how much the targets' frequencies together were too large on average, where they are estimated.
    public let gain: Double?

    /// The devices of a run without and with false ones.
    public static let cleanDevices = 20_000, attackedDevices = 100_000
    /// The part of false devices in percent.
    public static let falsePercent = 5
    public static let cleanRuns = 1_000, attackedRuns = 100

    /// The part of attacked runs with an alarm.
    public var power: Double { Double(alarmCount) / Double(attackedCount) }
    /// The part of clean runs with an alarm.
    public var falseAlarmRate: Double { Double(falseAlarmCount) / Double(cleanCount) }
}

/// The table of docs/poisoning-runs.md.
public enum PoisoningPage {
    /// Runs every scene.
    ///
    /// - Throws: what ``PoisoningScene/outcome(deviceCount:falseCount:run:)`` throws.
    /// - Complexity: half an hour of one core.
    public static func measure(progress: @Sendable (_ done: Int, _ total: Int) -> Void) throws -> [PoisoningResult] {
        let scenes = PoisoningScene.all, done = Atomic(0)
        let total = scenes.count * (PoisoningResult.cleanRuns + PoisoningResult.attackedRuns)
        @Sendable func advance() { progress(done.add(1, ordering: .relaxed).newValue, total) }
        return try scenes.map { scene in
            let clean = try parallelRuns(PoisoningResult.cleanRuns) { run in
                defer { advance() }
                return try scene.outcome(deviceCount: PoisoningResult.cleanDevices, falseCount: 0, run: run).screen
            }
            let attacked = try parallelRuns(PoisoningResult.attackedRuns) { run in
                defer { advance() }
                let devices = PoisoningResult.attackedDevices
                return try scene.outcome(
                    deviceCount: devices, falseCount: devices * PoisoningResult.falsePercent / 100, run: run)
            }
            let gains = attacked.compactMap(\.gain)
            return PoisoningResult(
                scene: scene, cleanCount: clean.count, falseAlarmCount: clean.count { $0?.isAlarm == true },
                attackedCount: attacked.count, alarmCount: attacked.count { $0.screen?.isAlarm == true },
                gain: gains.isEmpty ? nil : gains.reduce(0, +) / Double(gains.count))
        }
    }

    /// The page.
    public static func markdown(of results: [PoisoningResult]) -> String {
        """
        # Poisoning: runs

        `make poisoning` writes this page; [poisoning.md](poisoning.md) says what is tested and why. \
        \(PoisoningScene.valueCount) values, held by Zipf's law; false devices promote \
        \(PoisoningScene.targetCount) values, drawn anew in each run. Clean runs have \
        \(PoisoningResult.cleanDevices) devices, attacked ones \(PoisoningResult.attackedDevices), of which \
        \(PoisoningResult.falsePercent) % are false. The gain is by how much the targets' frequencies together are too large. \
        Noise is seeded, so that equal versions make equal pages.

        | Mechanism | ε | Attack | Tests | Gain | Alarms, attacked | Alarms, clean |
        |---|---|---|---|---|---|---|
        \(results.map(line).joined(separator: "\n"))

        """
    }

    private static func line(_ result: PoisoningResult) -> String {
        let scene = result.scene
        return
            "| \(scene.title) | \(String(format: "%.1f", Double(scene.epsilonThousandths) / 1000)) | "
            + "\(scene.attack.rawValue) | \(scene.tests.joined(separator: ", ")) | "
            + (result.gain.map { String(format: "%.2f", $0) } ?? "") + " | "
            + "\(result.alarmCount) of \(result.attackedCount) | \(result.falseAlarmCount) of \(result.cleanCount) |"
    }
}
