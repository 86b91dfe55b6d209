internal import CAnchors
internal import Glibc

/// One side of a comparison: runs once a round and says what one unit took.
struct Work {
    /// The seconds of one unit, measured now.
    let secondsPerUnit: () throws -> Double

    /// Work in this process, by the processor time of all its threads. A round should last some 20 to 200 ms.
    static func timed(units: Int, _ body: @escaping () throws -> Void) -> Work {
        Work {
            let start = seconds(of: CLOCK_PROCESS_CPUTIME_ID)
            try body()
            return (seconds(of: CLOCK_PROCESS_CPUTIME_ID) - start) / Double(units)
        }
    }

    /// Work in this process, by the time that passes: for what two threads share, and for waiting.
    static func timedByWall(units: Int, _ body: @escaping () throws -> Void) -> Work {
        Work {
            let start = seconds(of: CLOCK_MONOTONIC)
            try body()
            return (seconds(of: CLOCK_MONOTONIC) - start) / Double(units)
        }
    }

    /// What took so long on a machine of this kind: for a peer that cannot be run here. The anchor's name says so.
    static func recorded(secondsPerUnit: Double) -> Work { Work { secondsPerUnit } }

    private static func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// Takes a result as if somebody read it, so that the optimiser does not leave its computation out.
@inline(never)
func keep<Value>(_ value: Value) { withUnsafePointer(to: value) { dither_keep($0) } }
