import Foundation
import Testing

/// A terminal of a given width, on which a program can be run.
final class PseudoTerminal {
    private let ours: Int32
    private let theirs: Int32

    init(columnCount: Int) throws {
        // The C library has it; Swift's module of that library does not name it.
        typealias OpenPseudoTerminal =
            @convention(c) (
                UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<CChar>?,
                UnsafeRawPointer?, UnsafeRawPointer?
            ) -> Int32
        let openpty = unsafeBitCast(try #require(dlsym(nil, "openpty")), to: OpenPseudoTerminal.self)
        var (ours, theirs): (Int32, Int32) = (-1, -1)
        var size = winsize(ws_row: 40, ws_col: UInt16(columnCount), ws_xpixel: 0, ws_ypixel: 0)
        try #require(openpty(&ours, &theirs, nil, nil, &size) == 0)
        (self.ours, self.theirs) = (ours, theirs)
    }

    deinit { close(ours) }

    /// Runs a program with this terminal as its standard output, and gives what it showed.
    func show(_ executable: String, _ arguments: [String], environment: [String: String]) throws -> Outcome {
        let process = Process(), complaint = Pipe()
        process.executableURL = URL(filePath: Executables.path(executable))
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(fileDescriptor: theirs, closeOnDealloc: false)
        process.standardError = complaint
        try process.run()
        // With this end open too, the program's end would not be seen.
        close(theirs)
        var bytes: [UInt8] = [], block = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = read(ours, &block, block.count)
            if count < 0, errno == EINTR { continue }
            // A terminal that nobody writes to any more gives an error, and not an end.
            guard count > 0 else { break }
            bytes += block[..<count]
        }
        let words = String(decoding: try complaint.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        return Outcome(status: process.terminationStatus, output: text, complaint: words)
    }
}
