internal import Foundation
internal import Glibc

/// Files that are readable for the store's owner alone, whoever makes them.
enum PrivateFile {
    /// Makes an empty file, whatever the mask of the process allows others. SQLite gives its logs the same mode.
    ///
    /// - Parameter place: the file that it stands in for, or will.
    /// - Throws: ``StoreError/notWritable(path:errno:)``, also if there is such a file.
    static func make(_ path: String, inPlaceOf place: String) throws(StoreError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .notWritable(path: path, errno: errno) }
        defer { close(descriptor) }
        try handOver(descriptor, path: path, toOwnerOf: place)
    }

    /// Gives a new file of root's to the owner of the store at a place, or of its folder where there is none, so that the
    /// collector's user can open what root made. Does nothing for other users.
    ///
    /// - Throws: ``StoreError/notWritable(path:errno:)``.
    static func handOver(_ descriptor: Int32, path: String, toOwnerOf place: String) throws(StoreError) {
        var file = stat(), owner = stat()
        guard geteuid() == 0, fstat(descriptor, &file) == 0 else { return }
        // Only what is new or was left by root: a second name of another file of root's must not be given away.
        guard file.st_mode & S_IFMT == S_IFREG, file.st_uid == 0, file.st_nlink == 1, file.st_size == 0 else { return }
        let folder = (place as NSString).deletingLastPathComponent
        guard lstat(place, &owner) == 0 || stat(folder.isEmpty ? "." : folder, &owner) == 0 else { return }
        guard owner.st_uid != 0, fchown(descriptor, owner.st_uid, owner.st_gid) != 0 else { return }
        throw .notWritable(path: path, errno: errno)
    }
}
