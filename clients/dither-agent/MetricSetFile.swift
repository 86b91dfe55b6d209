internal import Glibc
internal import MetricDefinitions

/// A compiled metric set on disk.
struct MetricSetFile {
    private static let byteLimit = 4 << 20

    let path: String

    /// Reads and proves the set.
    func load() throws(AgentCommand.Failure) -> MetricSet {
        let bytes = try content()
        do { return try MetricSet(decoding: bytes) } catch {
            let remedy = "Name a set made by: dither registry compile metrics.yaml -o metrics.set"
            throw AgentCommand.Failure(
                "\(path) is not a sound metric set: \(error.sentence). \(remedy)", exitCode: 4)
        }
    }

    private func content() throws(AgentCommand.Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw AgentCommand.Failure(
                "\(path): \(String(cString: strerror(errno))). Name the compiled metric set with --metrics.",
                exitCode: 4)
        }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return content }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw AgentCommand.Failure("\(path): \(String(cString: strerror(errno))).", exitCode: 4)
            }
            content += buffer[..<count]
            guard content.count <= Self.byteLimit else {
                throw AgentCommand.Failure("\(path) is larger than a metric set can be.", exitCode: 4)
            }
        }
    }
}
