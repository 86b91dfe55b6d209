import Foundation
import MetricDefinitions
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("Consent, by everything that decides about it")
struct ConsentMatrixTests {
    /// What the consent file says.
    private enum Stored: CaseIterable {
        case unset, granted, declined, unreadable

        var source: ConsentSource {
            switch self {
            case .unset: .unset
            case .granted: .granted
            case .declined: .declined
            case .unreadable: .unreadable
            }
        }

        var content: String? {
            switch self {
            case .unset: nil
            case .granted: "dither consent 1: on\n"
            case .declined: "dither consent 1: off\n"
            case .unreadable: "dither consent 2: on\n"
            }
        }
    }

    /// What a variable may hold; the first three say nothing.
    private static let values: [String?] = [nil, "", "0", "1", "false"]
    private static let fixture = "state/1/"

    /// Who decides, by the rules of the documentation.
    private func expected(_ stored: Stored, _ variables: [String: String], isOptedOut: Bool) -> ConsentSource {
        if isOptedOut { return .machineOptOut }
        for variable in ["DO_NOT_TRACK", "DITHER_DISABLED"] where !["", "0"].contains(variables[variable] ?? "") {
            return .environment(variable: variable)
        }
        return stored.source
    }

    /// A state folder of the first version, with queue, unacknowledged batch and ledger.
    private func makeState(_ stored: Stored, in folder: TemporaryFolder) throws -> String {
        let state = folder.file("state")
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        var contents = ["secret": try Fixtures.bytes(Self.fixture + "secret")]
        contents["agent.db"] = try Fixtures.bytes(Self.fixture + "agent.db")
        contents["consent"] = stored.content.map { Array($0.utf8) }
        for (name, content) in contents {
            try Data(content).write(to: URL(filePath: state + "/" + name))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: state + "/" + name)
        }
        return state
    }

    private func content(of folder: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            files[name] = try Data(contentsOf: URL(filePath: folder + "/" + name))
        }
        return files
    }

    @Test(
        "is on only where the file says so and nobody else says no; else nothing is recorded, sent or changed",
        arguments: [false, true])
    func matrix(hasEarlierState: Bool) throws {
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        var (onCount, offCount) = (0, 0)
        let folder = try TemporaryFolder()
        let optOut = folder.file("opt-out")
        let set = try MetricSet(decoding: try Fixtures.bytes(Self.fixture + "metrics.set"))
        for (stored, isOptedOut) in Stored.allCases.flatMap({ stored in [(stored, false), (stored, true)] }) {
            try? FileManager.default.removeItem(atPath: optOut)
            if isOptedOut { try Data().write(to: URL(filePath: optOut)) }
            for (first, second) in Self.values.flatMap({ first in Self.values.map { (first, $0) } }) {
                var variables: [String: String] = [:]
                (variables["DO_NOT_TRACK"], variables["DITHER_DISABLED"]) = (first, second)
                try? FileManager.default.removeItem(atPath: folder.file("state"))
                if hasEarlierState || stored != .unset { _ = try makeState(stored, in: folder) }
                if !hasEarlierState {
                    for name in ["secret", "agent.db"] { unlink(folder.file("state/" + name)) }
                }
                var configuration = Agent.Configuration(
                    metricSet: set, endpoint: try Endpoint(server.url), stateFolder: folder.file("state"),
                    environment: variables, clock: ManualClock(1_793_707_200))  // 2026-11-03T12:00:00Z
                configuration.machineOptOutFile = optOut
                configuration.machineIdentityFile = Fixtures.url(Self.fixture + "machine-id").path
                let agent = Agent(configuration)
                let expected = expected(stored, variables, isOptedOut: isOptedOut)
                let (before, connections) = (try content(of: folder.file("state")), server.connectionCount)
                #expect(try agent.consentSource() == expected)
                defer { #expect((try? agent.status())?.consent == expected) }
                guard !expected.isOn else {
                    onCount += 1
                    // Without a secret and a ledger a yes alone gives nothing either.
                    if hasEarlierState { try agent.record(.boolean(true), for: "late") }
                    continue
                }
                offCount += 1
                #expect(throws: AgentError.consentOff(expected)) { try agent.record(.boolean(true), for: "late") }
                #expect(throws: AgentError.consentOff(expected)) { _ = try agent.flush(closingPeriod: true, now: true) }
                #expect(server.connectionCount == connections)
                #expect(try content(of: folder.file("state")) == before, "\(expected) \(variables)")
            }
        }
        #expect(onCount == 9 && offCount == 191)
    }
}
