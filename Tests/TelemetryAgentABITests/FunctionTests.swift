import CTelemetryAgent
import Foundation
import MetricDefinitions
import TelemetryAgentABI
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("The functions of the C interface")
struct FunctionTests {
    private let host: Host

    init() throws { host = try Host() }

    /// The reports that wait in the host's state folder, as another process would see them.
    private func waiting() throws -> [WaitingReport] {
        try Agent(
            Agent.Configuration(
                metricSet: try hostMetricSet(), endpoint: try Endpoint("http://127.0.0.1:9"), stateFolder: host.state)
        ).waitingReports()
    }

    @Test("Until somebody consents nothing is recorded, nothing is wrong, and no file exists")
    func off() throws {
        let agent = host.open()
        #expect(dither_record_boolean(agent, "departed_late", 1) == DITHER_OFF)
        #expect(dither_flush(agent, 10_000) == DITHER_OFF)
        var status = dither_status_info()
        status.size = MemoryLayout<dither_status_info>.size
        #expect(dither_status(agent, &status) == DITHER_OK)
        #expect(status.consent == DITHER_CONSENT_UNSET)
        #expect(status.recorded == 0)
        #expect(dither_close(agent) == DITHER_OK)
        #expect(!FileManager.default.fileExists(atPath: host.state))
    }

    @Test("Every type of value is recorded, and a flush makes its report")
    func records() throws {
        let agent = host.open()
        #expect(dither_set_consent(agent, 1) == DITHER_OK)
        #expect(dither_record_boolean(agent, "departed_late", 1) == DITHER_OK)
        #expect(dither_record_category(agent, "carrier", "UA") == DITHER_OK)
        #expect(dither_record_string(agent, "destination", "Reykjav\u{ED}k", 10) == DITHER_OK)
        #expect(dither_record_number(agent, "air_time", 312.5) == DITHER_OK)
        #expect(dither_record_number(agent, "air_time", -4) == DITHER_OK)
        #expect(dither_flush(agent, 60_000) == DITHER_OK)
        #expect(try waiting().map(\.metric) == ["departed_late", "carrier", "destination", "air_time"])
        var status = dither_status_info()
        status.size = MemoryLayout<dither_status_info>.size
        #expect(dither_status(agent, &status) == DITHER_OK)
        #expect(status.consent == DITHER_CONSENT_GRANTED)
        #expect(status.recorded == 5)
        #expect(dither_close(agent) == DITHER_OK)
    }

    @Test("Closing takes over what was recorded, a decision about the day included")
    func closing() throws {
        let agent = host.open()
        #expect(dither_set_consent(agent, 1) == DITHER_OK)
        #expect(dither_record_category(agent, "carrier", "AA") == DITHER_OK)
        #expect(dither_record_boolean(agent, "any_delay", 1) == DITHER_OK)
        #expect(dither_close(agent) == DITHER_OK)
        #expect(try waiting().map(\.metric) == ["carrier", "any_delay"])
    }

    @Test("A value that is none of its metric's is an error at once, whose text does not hold it")
    func wrongValues() {
        let agent = host.open()
        #expect(dither_set_consent(agent, 1) == DITHER_OK)
        let long = [CChar](repeating: 120, count: 300)
        #expect(dither_record_boolean(agent, "carrier", 1) == DITHER_E_VALUE)
        #expect(dither_record_category(agent, "carrier", "QX") == DITHER_E_VALUE)
        #expect(!lastError().contains("QX"))
        #expect(lastError().contains("carrier"))
        #expect(dither_record_category(agent, "carrier", long + [0]) == DITHER_E_VALUE)
        #expect(dither_record_string(agent, "destination", long, 255) == DITHER_E_VALUE)
        #expect(dither_record_string(agent, "destination", long, .max) == DITHER_E_VALUE)
        #expect(dither_record_string(agent, "destination", "\u{ED}", 1) == DITHER_E_VALUE)
        #expect(dither_record_number(agent, "air_time", .nan) == DITHER_E_VALUE)
        #expect(dither_record_number(agent, "air_time", .infinity) == DITHER_E_VALUE)
        #expect(dither_record_boolean(agent, "secret value", 1) == DITHER_E_UNKNOWN_METRIC)
        #expect(!lastError().contains("secret value"))
        #expect(dither_record_boolean(agent, long + [0], 1) == DITHER_E_UNKNOWN_METRIC)
        var status = dither_status_info()
        status.size = MemoryLayout<dither_status_info>.size
        #expect(dither_status(agent, &status) == DITHER_OK)
        #expect(status.recorded == 0)
        #expect(dither_close(agent) == DITHER_OK)
    }

    @Test("NULL is refused wherever a pointer goes")
    func null() {
        let agent = host.open()
        #expect(dither_set_consent(agent, 1) == DITHER_OK)
        #expect(dither_open(nil, nil) == DITHER_E_ARGUMENT)
        var opened = dither_agent(7)
        #expect(dither_open(nil, &opened) == DITHER_E_ARGUMENT)
        #expect(opened == 0)
        #expect(dither_record_boolean(agent, nil, 1) == DITHER_E_ARGUMENT)
        #expect(dither_record_category(agent, "carrier", nil) == DITHER_E_ARGUMENT)
        #expect(dither_record_category(agent, nil, "AA") == DITHER_E_ARGUMENT)
        #expect(dither_record_string(agent, "destination", nil, 0) == DITHER_E_ARGUMENT)
        #expect(dither_record_number(agent, nil, 1) == DITHER_E_ARGUMENT)
        #expect(dither_status(agent, nil) == DITHER_E_ARGUMENT)
        #expect(dither_set_consent(agent, 2) == DITHER_E_ARGUMENT)
        #expect(dither_close(agent) == DITHER_OK)
    }

    @Test("A handle that is closed, or was never given out, is told from an open one")
    func handles() {
        let agent = host.open()
        #expect(dither_close(agent) == DITHER_OK)
        // Slots beside it, and the next use of its own, may be other tests' by now; uses in a far future are nobody's.
        for handle: dither_agent in [agent, 0, 1, 63, .max, agent &+ 64 << 32, agent | 1 << 63] {
            #expect(dither_record_boolean(handle, "departed_late", 1) == DITHER_E_HANDLE)
            #expect(dither_flush(handle, 0) == DITHER_E_HANDLE)
            #expect(dither_set_consent(handle, 0) == DITHER_E_HANDLE)
            #expect(dither_status(handle, nil) == DITHER_E_HANDLE)
            #expect(dither_close(handle) == DITHER_E_HANDLE)
        }
        #expect(host.open() != agent)
    }

    @Test("Options that cannot be used are refused, each with its own word")
    func wrongOptions() {
        let host = host
        func refusal(_ change: (inout dither_options) -> Void) -> (code: Int32, text: String) {
            var (options, agent) = (host.options(), dither_agent(7))
            change(&options)
            let code = dither_open(&options, &agent)
            #expect(agent == 0)
            return (code, lastError())
        }
        #expect(refusal { $0.size = 0 }.code == DITHER_E_ARGUMENT)
        #expect(refusal { $0.size = 1 << 40 }.code == DITHER_E_ARGUMENT)
        // Half a pointer is none.
        for size in [12, 36, 44] { #expect(refusal { $0.size = size }.code == DITHER_E_ARGUMENT) }
        let pipe = host.folder + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(refusal { $0.metrics_path = host.text(pipe) }.code == DITHER_E_METRIC_SET)
        #expect(refusal { $0.ca_file = host.text(pipe) }.text.contains("ca_file"))
        #expect(refusal { $0.ca_file = host.text("/nonexistent") }.code == DITHER_E_ARGUMENT)
        #expect(refusal { $0.endpoint = nil }.text.contains("endpoint"))
        #expect(refusal { $0.endpoint = host.text("http://elsewhere.example") }.code == DITHER_E_ENDPOINT)
        #expect(refusal { $0.state_folder = nil }.text.contains("state_folder"))
        #expect(refusal { $0.state_folder = host.text("\u{ED}").map { $0 + 1 } }.code == DITHER_E_ARGUMENT)
        #expect(refusal { $0.metrics = nil }.code == DITHER_E_ARGUMENT)
        #expect(refusal { $0.metrics_size = 10 }.code == DITHER_E_METRIC_SET)
        #expect(refusal { $0.metrics_path = host.text("/nonexistent") }.code == DITHER_E_METRIC_SET)
        #expect(refusal { $0.key_pin = host.text("sha256//short") }.code == DITHER_E_ENDPOINT)
        #expect(refusal { $0.registry_keys = host.text("0123") }.code == DITHER_E_ARGUMENT)
        #expect(refusal { $0.token_file = host.text(pipe) }.text.contains("token_file"))
        #expect(refusal { $0.token_file = host.text("/nonexistent") }.code == DITHER_E_ARGUMENT)
        // An older caller knows fewer fields; what lies behind is not looked at.
        let older = MemoryLayout<dither_options>.offset(of: \.ca_file) ?? 0
        var (options, agent) = (host.options(), dither_agent(0))
        options.size = older
        options.registry_keys = host.text("not looked at")
        #expect(dither_open(&options, &agent) == DITHER_OK, "\(lastError())")
        #expect(dither_close(agent) == DITHER_OK)
    }
}

@Suite("Pairs over the C interface")
struct PairFunctionTests {
    @Test("Both values are read as a shell writes them, and a wrong one is refused without being repeated")
    func pairs() throws {
        let set = try testMetricSet(metrics: [try pairMetric(), try memoizedPairMetric(), try booleanMetric()])
        let host = try Host(set)
        let agent = host.open()
        #expect(dither_set_consent(agent, 1) == DITHER_OK)
        #expect(dither_record_pair(agent, "route", "UAxx", 2, "true", 4) == DITHER_OK)
        #expect(dither_record_pair(agent, "home", "Reykjav\u{ED}k", 10, "small", 5) == DITHER_OK)
        #expect(dither_record_pair(agent, "home", "", 0, "small", 5) == DITHER_OK)
        #expect(dither_record_pair(agent, "route", "CANARY", 6, "true", 4) == DITHER_E_VALUE)
        #expect(!lastError().contains("CANARY") && lastError().contains("route"))
        #expect(dither_record_pair(agent, "route", "UA", 2, "yes", 3) == DITHER_E_VALUE)
        #expect(dither_record_pair(agent, "route", "UA", -1, "true", 4) == DITHER_E_VALUE)
        #expect(dither_record_pair(agent, "home", "\u{ED}", 1, "small", 5) == DITHER_E_VALUE)
        #expect(dither_record_pair(agent, "departed_late", "true", 4, "true", 4) == DITHER_E_VALUE)
        #expect(dither_record_boolean(agent, "route", 1) == DITHER_E_VALUE)
        #expect(dither_record_pair(agent, "route", nil, 0, "true", 4) == DITHER_E_ARGUMENT)
        #expect(dither_record_pair(agent, "route", "UA", 2, nil, 0) == DITHER_E_ARGUMENT)
        #expect(dither_record_pair(agent, "nothing", "UA", 2, "true", 4) == DITHER_E_UNKNOWN_METRIC)
        #expect(dither_flush(agent, 60_000) == DITHER_OK)
        let waiting = try Agent(
            Agent.Configuration(
                metricSet: set, endpoint: try Endpoint("http://127.0.0.1:9"), stateFolder: host.state)
        ).waitingReports()
        #expect(Set(waiting.map(\.metric)) == ["route", "home"])
        #expect(dither_close(agent) == DITHER_OK)
    }
}
