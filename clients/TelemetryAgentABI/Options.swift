internal import CTelemetryAgent
internal import Glibc
internal import MetricDefinitions
internal import SecureRandomness

/// The longest text among the options, in bytes.
private let textByteLimit = 4095
/// No metric set is larger, in bytes.
private let metricSetByteLimit = 4 << 20

/// An option that is a text.
func text(_ start: UnsafePointer<CChar>?, _ name: StaticString) throws(Failure) -> String {
    guard let start else { throw missing(name) }
    let bytes = bytes(start, limit: textByteLimit)
    guard bytes.count > 0, bytes.count <= textByteLimit else {
        throw Failure(DITHER_E_ARGUMENT, "\(name) is empty or longer than \(textByteLimit) bytes.")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Failure(DITHER_E_ARGUMENT, "\(name) is not UTF-8.")
    }
    return text
}

/// An option that is a path, made absolute: a host may change its folder later.
func path(_ start: UnsafePointer<CChar>?, _ name: StaticString) throws(Failure) -> String {
    let path = try text(start, name)
    if path.utf8.first == UInt8(ascii: "/") { return path }
    guard let current = getcwd(nil, 0) else {
        throw Failure(DITHER_E_SYSTEM, "\(name) is relative, and the current folder cannot be read. Name it from /.")
    }
    defer { free(current) }
    return String(cString: current) + "/" + path
}

/// The metric set of the options: of a file, or of the caller's memory.
func metricSet(from options: dither_options) throws(Failure) -> MetricSet {
    let bytes: [UInt8]
    if options.metrics_path != nil {
        bytes = try content(of: try path(options.metrics_path, "metrics_path"))
    } else {
        guard let start = options.metrics else { throw missing("metrics_path and metrics") }
        guard options.metrics_size > 0, options.metrics_size <= metricSetByteLimit else {
            throw Failure(DITHER_E_METRIC_SET, "metrics_size is not the size of a metric set.")
        }
        bytes = Array(UnsafeRawBufferPointer(start: start, count: options.metrics_size))
    }
    do throws(MetricSetError) { return try MetricSet(decoding: bytes) } catch {
        throw Failure(
            DITHER_E_METRIC_SET,
            "The metric set is not sound: \(error.sentence) Use one made by: dither registry compile metrics.yaml -o metrics.set"
        )
    }
}

private func content(of path: String) throws(Failure) -> [UInt8] {
    func refused(_ code: Int32) -> Failure {
        Failure(
            DITHER_E_METRIC_SET,
            "\(path): \(String(cString: strerror(code))). Name the compiled metric set in metrics_path.")
    }
    // A pipe that nobody writes to must not stop the host.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw refused(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw refused(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
        throw Failure(DITHER_E_METRIC_SET, "\(path) is not a plain file. Name the compiled metric set in metrics_path.")
    }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if count == 0 { return content }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw refused(errno) }
        content += buffer[..<count]
        guard content.count <= metricSetByteLimit else {
            throw Failure(DITHER_E_METRIC_SET, "\(path) is larger than a metric set can be.")
        }
    }
}
