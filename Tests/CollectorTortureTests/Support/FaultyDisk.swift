import Foundation
import TestSupport

/// A disk that loses what was not synchronised, fails, lies or becomes read-only: `Tests/Fixtures/disk/shim.c`, preloaded
/// into a collector.
struct FaultyDisk {
    /// The operation before which the power fails.
    var cutAt: Int?
    /// The synchronisation that fails.
    var failAt: Int?
    /// Whether synchronisations only seem to succeed.
    var lies = false
    /// While this file exists, nothing can be changed.
    var readOnlyWhile: String?
    var seed = 0

    /// The built library; `nil` where there is no C compiler.
    static let library: String? = {
        let path = "/tmp/dither-disk-\(getpid()).so"
        atexit { unlink("/tmp/dither-disk-\(getpid()).so") }
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        let source = Fixtures.url("disk/shim.c").path(percentEncoded: false)
        compiler.arguments = ["cc", "-shared", "-fPIC", "-O1", "-o", path, source]
        guard (try? compiler.run()) != nil else { return nil }
        compiler.waitUntilExit()
        return compiler.terminationStatus == 0 ? path : nil
    }()

    /// What puts a collector of the site on this disk.
    func environment(for site: CollectorSite) throws -> [String: String] {
        guard let library = Self.library else { throw TortureFailure("cc cannot build the disk; install gcc") }
        var variables = ["LD_PRELOAD": library, "DITHER_DISK_FOLDER": site.storeFolder, "DITHER_DISK_SEED": "\(seed)"]
        variables["DITHER_DISK_CUT_AT"] = cutAt.map(String.init)
        variables["DITHER_DISK_FAIL_AT"] = failAt.map(String.init)
        variables["DITHER_DISK_LIES"] = lies ? "1" : nil
        variables["DITHER_DISK_READ_ONLY"] = readOnlyWhile
        return variables
    }
}
