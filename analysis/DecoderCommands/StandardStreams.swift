internal import Foundation
internal import RegistryCompiler
internal import Reports

/// Where a command's words go: results to standard output, everything else to standard error.
public enum StandardStreams {
    /// Writes a result to standard output as it is.
    ///
    /// - Throws: ``CommandError`` when not all of it could be written, as on a full disk.
    public static func write(_ result: String) throws(CommandError) {
        do { try FileHandle.standardOutput.write(contentsOf: Data(result.utf8)) } catch {
            throw CommandError(
                .runtimeFailure, "the result could not be written to standard output; is there space left?")
        }
    }

    /// Writes a result that has texts of others as they are, such as CSV; on a terminal, which they might control, characters
    /// that do so are written by their number.
    ///
    /// - Throws: as ``write(_:)``.
    static func writeTexts(_ result: String) throws(CommandError) {
        guard isatty(FileHandle.standardOutput.fileDescriptor) == 1 else { return try write(result) }
        var shown = ""
        for scalar in result.unicodeScalars {
            if isInvisible(scalar) || scalar == "⟦", scalar != "\n" {
                shown += numbered(scalar)
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        try write(shown)
    }

    /// Writes a line for people to standard error, free of control characters.
    public static func tell(_ line: String) {
        let lines = line.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }
        // Nobody is left to be told that standard error is gone.
        try? FileHandle.standardError.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
    }

    /// Whether standard error is a terminal, so that progress has a reader.
    public static var errorIsTerminal: Bool { isatty(FileHandle.standardError.fileDescriptor) == 1 }
}
