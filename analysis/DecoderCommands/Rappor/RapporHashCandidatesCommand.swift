public import ArgumentParser
internal import Estimation
internal import SecureRandomness

/// `dither rappor hash-candidates`: which bits strings set, for a decoder to look for them.
public struct RapporHashCandidatesCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "hash-candidates",
        abstract: "Make the map of the strings to look for: which bits each sets.",
        discussion: """
            Reads strings from standard input, one a line, and writes a map.csv: a row for each, with its bits in each \
            cohort, counted from 1 over all cohorts. As google/rappor does, it drops white space around each string \
            (--keep-spaces keeps it) and writes a row for an empty line and for each repetition.

            Java clients set other bits than Python and C++ do: give --client java for their reports. Of more than 256 \
            bits, C++ hashes two bytes; Python cannot.

            EXAMPLES:
              dither rappor hash-candidates --params params.csv < words.txt > map.csv
              dither rappor hash-candidates --params params.csv --client java \\
                < words.txt > map.csv

            EXIT STATUS:
              0  written
              1  a file cannot be read
              2  usage, or the client has no bits for these parameters
              4  a file is refused
            """)

    @OptionGroup var options: RapporOptions

    @Flag(help: "Keep white space around strings: a carriage return too, that ends a line.")
    var keepSpaces = false

    public init() {}

    public func run() throws {
        let parameters = try RapporParameters(reading: options.params)
        let filter = try self.filter(parameters)
        var lines = try LineReader(pathOrInput: nil)
        var progress = Progress("hashing")
        var block: [UInt8] = []
        while var line = try lines.next() {
            if !keepSpaces { Self.strip(&line) }
            do { try filter.appendMapRow(of: line, cohortCount: parameters.cohortCount, to: &block) } catch {
                throw CommandError(.runtimeFailure, "libcrypto offers no MD5 here. Use an OpenSSL that does.")
            }
            if block.count >= 1 << 16 { try Self.write(&block) }
            if let (done, total) = lines.progress { progress.update(done, of: total) }
        }
        progress.finish()
        try Self.write(&block)
    }

    private static func write(_ block: inout [UInt8]) throws(CommandError) {
        try StandardStreams.write(String(decoding: block, as: UTF8.self))
        block.removeAll(keepingCapacity: true)
    }

    private func filter(_ parameters: RapporParameters) throws(CommandError) -> RapporFilter {
        do { return try RapporFilter(parameters, client: options.client) } catch {
            switch error {
            case .tooManyBits(let limit):
                throw CommandError(
                    .usage,
                    "--client python: hashes one byte, so that of k = \(parameters.bitCount) bits no more than \(limit) "
                        + "would be set. Use --client cpp if its client made the reports")
            case .tooManyHashes(let limit):
                throw CommandError(
                    .usage,
                    "\(options.params): h = \(parameters.hashCount) hashes are more than the \(limit) that an MD5 digest has "
                        + "bytes for, of k = \(parameters.bitCount) bits. Use fewer hashes")
            }
        }
    }

    /// Drops what Python's `strip` drops of bytes.
    private static func strip(_ line: inout [UInt8]) {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        while let last = line.last, isSpace(last) { line.removeLast() }
        line.removeFirst(line.prefix(while: isSpace).count)
    }
}
