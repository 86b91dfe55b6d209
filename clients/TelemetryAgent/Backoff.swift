internal import SecureRandomness

/// When to try again after failures: exponential with full jitter, so that a fleet does not come back at once.
enum Backoff {
    private static let firstSeconds: Int64 = 30
    static let longestSeconds: Int64 = 6 * 3600

    /// A random wait in seconds after `failures` failed uploads, from 1 up to 30 s · 2^(failures − 1), at most 6 h.
    static func delay(afterFailures failures: Int64) throws(AgentError) -> Int64 {
        let doublings = min(max(failures, 1) - 1, 20)
        let ceiling = min(firstSeconds << doublings, longestSeconds)
        do {
            var noise = try FreshNoise(wordCount: 1)
            return 1 + Int64(noise.index(below: Int(ceiling)))
        } catch { throw .noRandomness(error) }
    }
}
