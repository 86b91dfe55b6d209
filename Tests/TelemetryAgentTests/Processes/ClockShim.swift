import Foundation
import TestSupport

@testable import TelemetryAgent

/// A library that shifts a process's clocks, made from `Tests/Fixtures/clock/shim.c` once a run.
enum ClockShim {
    private static var name: String { "/tmp/dither-clock-\(getpid()).so" }

    /// Its path; `nil` where there is no C compiler.
    static let path: String? = {
        let library = name
        atexit { unlink(ClockShim.name) }
        let source = Fixtures.url("clock/shim.c").path(percentEncoded: false)
        let arguments = ["-shared", "-fPIC", "-O1", "-o", library, source]
        for compiler in ["/usr/bin/cc", "/usr/bin/clang", "/usr/bin/gcc"] {
            let environment = ["PATH": "/usr/bin:/bin"]
            guard let process = try? ChildProcess(compiler, arguments, environment: environment) else { continue }
            if let outcome = try? process.wait(), outcome.status == 0 { return library }
        }
        return nil
    }()
}

extension DevicePrograms {
    /// Lets the programs see this moment, and the machine run so many seconds longer than it does.
    func setClock(to moment: Int64, uptime: Int64 = 0) {
        environment["LD_PRELOAD"] = ClockShim.path
        environment["DITHER_TEST_REALTIME"] = String(moment - Int64(Foundation.time(nil)))
        environment["DITHER_TEST_BOOTTIME"] = String(uptime)
    }

    /// Lets the programs see noon of a day of the tests, on a machine that was not switched off meanwhile.
    func setDay(_ day: Int) { setClock(to: noon + Int64(day) * daySeconds, uptime: Int64(day) * daySeconds) }
}

/// This machine's clock with another date, on a machine that was not switched off meanwhile: what ``DevicePrograms/setDay``
/// gives to a program.
struct ShiftedClock: AgentClock {
    private let shift: Int64

    init(day: Int) { shift = noon + Int64(day) * daySeconds - SystemClock().secondsSinceEpoch() }

    func secondsSinceEpoch() -> Int64 { SystemClock().secondsSinceEpoch() + shift }

    func uptime() -> Uptime? {
        guard var uptime = SystemClock().uptime() else { return nil }
        uptime.seconds += SystemClock().secondsSinceEpoch() + shift - noon
        return uptime
    }
}
