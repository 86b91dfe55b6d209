internal import CAnchors
internal import Foundation

/// A batch from the agent to a server over TLS, each on a connection of its own, as devices send them.
struct UploadRow: Row {
    let name: String
    let operation: String
    let anchor: String
    let goal: Goal
    let unit = "batch"
    var bottleneck: String?
    /// Whether the queue is settled as well.
    let settles: Bool

    static let all = [
        UploadRow(
            name: "12a", operation: "agent's upload of a batch, transport alone",
            anchor: "bare libcurl on fresh TLS connections", goal: .cost(atMost: 1.2), settles: false),
        UploadRow(
            name: "12b", operation: "agent's upload of a batch, with queue, journal and ledger settled",
            anchor: "bare libcurl on fresh TLS connections, and one synchronised commit of SQLite",
            goal: .cost(atMost: 1.3),
            bottleneck: """
                closing the period, noting the batch before it is sent and settling it after the answer are a commit each, \
                since a crash between any two must neither lose a debit nor repeat a report
                """,
            settles: true),
    ]

    func prepare() throws -> Comparison {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dither-bench-\(UUID())").path
        let state = folder + "/state"
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let host = ".build/release/upload-host"
        guard FileManager.default.isExecutableFile(atPath: host) else {
            throw Skipped(reason: "\(host) is not built: run make bench")
        }
        let sink = try PeerProcess("/usr/bin/env", ["python3", "Benchmarks/peers/tls_sink.py", folder])
        guard let port = Int(try sink.line()) else { throw Skipped(reason: "no server over TLS could be started") }
        let (url, certificate) = ("https://127.0.0.1:\(port)", folder + "/certificate.pem")
        let ours = try PeerProcess(
            host, [settles ? "settled" : "transport", url, certificate] + (settles ? [state] : []))
        guard try ours.line() == "ready" else { throw Skipped(reason: "the agent does not reach the server over TLS") }
        let units = 40, settles = settles, body = [UInt8](repeating: 1, count: 256)
        return Comparison(
            ours: ours.work(units: units),
            anchor: .timed(units: units) {
                // The server lives as long as this closure.
                try withExtendedLifetime(sink) {
                    for _ in 0..<units {
                        let isSent = dither_anchor_upload(url + "/v1/reports", certificate, body, body.count) == 1
                        guard isSent, !settles || dither_anchor_commit(folder + "/anchor.db") == 1 else {
                            throw Skipped(reason: "libcurl does not reach the server over TLS")
                        }
                    }
                }
            })
    }
}
