internal import Foundation
internal import Glibc

extension StoreDoctor {
    /// File systems that do not keep locks or synchronised writes as SQLite needs them.
    private static let unfitFileSystems: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "ceph", "glusterfs", "lustre", "vboxsf",
    ]

    /// Less than this is no space at all: the log alone takes half of it.
    private static let leastByteCount: UInt64 = 64 << 20

    func fileSystem(of folder: String) -> DoctorFinding {
        var status = stat()
        guard stat(folder, &status) == 0, let kind = Self.kind(ofDevice: status.st_dev) else {
            return .warning("file system", "what kind it is cannot be told; it has to be a local one")
        }
        if Self.unfitFileSystems.contains(kind) {
            return .failure("file system", "the store lies on a network (\(kind)); use a local file system")
        }
        if kind == "tmpfs" || kind == "ramfs" {
            return .warning(
                "file system", "the store lies in memory (\(kind)) and is gone with the next start; use a disk")
        }
        if kind.hasPrefix("fuse") {
            return .warning(
                "file system",
                "\(kind) may not keep synchronised writes; use a local file system unless you know better")
        }
        return .fine("file system", "it is a local one (\(kind))")
    }

    /// The file system of a device, by the kernel's list of mounts (proc(5)): `36 35 98:0 / /mnt rw - ext4 /dev/sda rw`.
    private static func kind(ofDevice device: dev_t) -> String? {
        guard let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8) else { return nil }
        // As the C library takes a device number apart.
        let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
        let minor = device & 0xFF | (device >> 12) & ~0xFF
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2, fields[2] == "\(major):\(minor)", let dash = fields.firstIndex(of: "-"),
                dash + 1 < fields.count
            else { continue }
            return String(fields[dash + 1])
        }
        return nil
    }

    func space(in folder: String, _ location: StoreLocation) -> DoctorFinding {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else {
            return .failure("space", "the space in \(folder) cannot be asked; see that the folder is there")
        }
        // A file system may claim more than an integer can hold.
        let blockByteCount = UInt64(max(1, status.f_frsize)), mostBlocks = UInt64.max / blockByteCount
        let free = min(UInt64(status.f_bavail), mostBlocks) * blockByteCount
        let total = max(1, min(UInt64(status.f_blocks), mostBlocks) * blockByteCount)
        let store = UInt64((try? StoreFolder.byteCount(of: location)) ?? 0)
        let words = "\(free >> 20) MiB of \(total >> 20) MiB are free"
        if free < Self.leastByteCount {
            return .failure("space", "\(words), too few for the log; make space, or the collector refuses reports")
        }
        if status.f_files > 0, status.f_favail == 0 {
            return .failure("space", "no file can be made any more (no free inodes); remove files")
        }
        guard free >= store, free >= total / 20 else {
            return .warning(
                "space", "\(words), less than the store's own size or a twentieth; make space or set retention")
        }
        return .fine("space", words)
    }
}
