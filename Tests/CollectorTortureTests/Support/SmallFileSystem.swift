import Foundation

/// A file system in memory, mounted in a folder of its own; only root may.
final class SmallFileSystem {
    let path: String

    static let isAvailable = geteuid() == 0 && (try? SmallFileSystem(byteCount: 65_536)) != nil

    init(byteCount: Int) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "dither-small-\(UUID().uuidString)")
            .path(percentEncoded: false)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard Self.run("mount", "-t", "tmpfs", "-o", "size=\(byteCount)", "tmpfs", path) else {
            throw TortureFailure("tmpfs cannot be mounted")
        }
    }

    deinit {
        _ = Self.run("umount", "-l", path)
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Takes all the space that is left, and names the file that has it.
    func fill() throws -> String {
        let filler = path + "/filler"
        guard FileManager.default.createFile(atPath: filler, contents: nil),
            let handle = FileHandle(forWritingAtPath: filler)
        else { throw TortureFailure("no filler") }
        defer { try? handle.close() }
        while (try? handle.write(contentsOf: Data(count: 4_096))) != nil {}
        return filler
    }

    /// Lets nobody write any more. It fails while a file is open for writing.
    func makeReadOnly() -> Bool { Self.run("mount", "-o", "remount,ro", path) }

    private static func run(_ command: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
