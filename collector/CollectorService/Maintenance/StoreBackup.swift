internal import Foundation
internal import Glibc

/// Copying a store away, and back.
package enum StoreBackup {
    /// Copies a store, also while its collector runs. The copy gets its name when it is whole, checked and on the disk.
    ///
    /// - Parameters:
    ///   - replacing: whether a file that has the copy's name is replaced, which no collector may have meanwhile.
    ///   - progress: is told how many of how many pages are copied.
    /// - Throws: ``StoreMaintenanceError``; whatever has the copy's name then is what it was.
    package static func make(
        of store: String, at copy: String, replacing: Bool, progress: @escaping (_ done: Int, _ total: Int) -> Void
    ) throws(StoreMaintenanceError) {
        let (source, target) = (StoreLocation(store), StoreLocation(copy))
        guard source.resolvedPath != target.resolvedPath else { throw .sameFile(path: copy) }
        guard replacing || access(target.resolvedPath, F_OK) != 0 else { throw .exists(path: copy) }
        // What is replaced may be a store, and its collector would go on acknowledging into a file without a name.
        let lock: StoreLock?
        do { lock = replacing ? try StoreLock(target) : nil } catch { throw .store(error) }
        defer { withExtendedLifetime(lock) {} }
        for suffix in ["-wal", "-journal"] where access(target.resolvedPath + suffix, F_OK) == 0 {
            throw .leftoverLog(path: copy + suffix)
        }
        let made = try StoreCopy(
            of: source, to: target.resolvedPath + ".partial", replacing: target, progress: progress)
        do throws(StoreError) {
            if replacing {
                try DurableFile.rename(made.path, to: target.resolvedPath)
            } else {
                try DurableFile.renameToNewName(made.path, target.resolvedPath)
            }
        } catch {
            made.discard()
            guard case .notWritable(_, EEXIST) = error else { throw .store(error) }
            throw .exists(path: copy)
        }
    }

    /// Makes a copy the store, which no collector may have meanwhile.
    ///
    /// What was the store is kept beside it, as `FILE.replaced` with its log. A crash on the way leaves the old store, the
    /// new one, or none with ``StoreError/unfinishedRestoration(path:)`` for whoever starts a collector.
    ///
    /// - Parameters:
    ///   - replacing: whether a store that is there is replaced.
    ///   - progress: is told how many of how many pages are copied.
    /// - Returns: where the old store is, if there was one.
    /// - Throws: ``StoreMaintenanceError``; if files cannot be renamed half-way, as after a crash.
    package static func restore(
        _ copy: String, to store: String, replacing: Bool, progress: @escaping (_ done: Int, _ total: Int) -> Void
    ) throws(StoreMaintenanceError) -> String? {
        let (source, target) = (StoreLocation(copy), StoreLocation(store))
        guard source.resolvedPath != target.resolvedPath else { throw .sameFile(path: copy) }
        let path = target.resolvedPath, aside = path + ".replaced"
        let suffixes = ["", "-wal", "-journal"]
        let lock: StoreLock
        do { lock = try StoreLock(target) } catch { throw .store(error) }
        defer { withExtendedLifetime(lock) {} }
        let present = suffixes.filter { access(path + $0, F_OK) == 0 }
        if !replacing, let suffix = present.first { throw .exists(path: store + suffix) }
        for suffix in present where access(aside + suffix, F_OK) == 0 { throw .setAside(path: aside + suffix) }
        let made = try StoreCopy(of: source, to: path + ".restoring", replacing: target, progress: progress)
        do throws(StoreError) {
            // The file before its log: a log alone is refused, and a store without its log would not be.
            for suffix in present {
                guard rename(path + suffix, aside + suffix) == 0 else {
                    throw .notWritable(path: aside + suffix, errno: errno)
                }
            }
            unlink(path + "-shm")
            try DurableFile.rename(made.path, to: path)
        } catch { throw .store(error) }
        return present.isEmpty ? nil : aside
    }
}
