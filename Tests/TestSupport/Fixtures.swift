public import Foundation

/// The files under `Tests/Fixtures`, found from where this file was compiled.
public enum Fixtures {
    /// The package's root folder.
    public static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The folder of all fixtures.
    public static let folder = packageRoot.appending(path: "Tests/Fixtures")

    /// A fixture's place, such as `thresholds/binary.txt`.
    public static func url(_ path: String) -> URL { folder.appending(path: path) }

    /// A fixture's bytes.
    public static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: url(path))) }

    /// A fixture's lines, without a last empty one.
    public static func lines(_ path: String) throws -> [Substring] {
        var lines = String(decoding: try bytes(path), as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// The rows of a CSV fixture without quoting, after its header line.
    public static func rows(_ path: String) throws -> [[Substring]] {
        try lines(path).dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    /// A JSON fixture; its `snake_case` keys are the properties' `camelCase`.
    public static func json<Content: Decodable>(_ path: String, as _: Content.Type = Content.self) throws -> Content {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Content.self, from: Data(contentsOf: url(path)))
    }

    /// The names of the files of a folder, sorted.
    public static func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url(path).path(percentEncoded: false)).sorted()
    }
}

/// The bytes that hexadecimal digits spell; white space is ignored, and `nil` comes of anything else.
public func hexadecimalBytes(_ text: some StringProtocol) -> [UInt8]? {
    let digits = text.filter { !$0.isWhitespace }.map(\.hexDigitValue)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
        guard let high = digits[index], let low = digits[index + 1] else { return nil }
        bytes.append(UInt8(high * 16 + low))
    }
    return bytes
}
