import CTelemetryAgent
import TelemetryAgentABI
import Testing

@Suite("The C interface")
struct VersionTests {
    @Test("names the version that its header states")
    func version() {
        let stated = "\(DITHER_VERSION_MAJOR).\(DITHER_VERSION_MINOR).\(DITHER_VERSION_PATCH)"
        #expect(dither_version().map { String(cString: $0) } == stated)
    }
}
