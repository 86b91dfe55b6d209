internal import Foundation
internal import Glibc

/// One thing about a store's surroundings that was looked at.
package struct DoctorFinding: Hashable, Sendable {
    package enum Verdict: String, Hashable, Sendable {
        case fine = "ok"
        /// Works, and should not stay so.
        case warning
        /// Keeps a collector from working, or from being trusted.
        case failure
    }

    package var verdict: Verdict
    /// What was looked at, in a word or two.
    package var subject: String
    /// What was found, and what to do about it.
    package var sentence: String
}

/// Looks at everything around a store that an operator can get wrong. Changes nothing.
package struct StoreDoctor: Sendable {
    /// Where the store is, or is to be.
    package var storePath: String
    /// The compiled metric set that the collector serves, if it is to be looked at too.
    package var metricSetPath: String?
    /// The certificate and the key, if they are to be looked at too.
    package var certificatePath: String?
    package var keyPath: String?
    /// The seconds since 1970-01-01T00:00:00Z.
    package var now: Int64

    package init(storePath: String, now: Int64) { (self.storePath, self.now) = (storePath, now) }

    /// What was found, by subject; every subject has at least one finding.
    ///
    /// - Complexity: linear in the staged reports and chunks, whose content is not read.
    package func findings() -> [DoctorFinding] {
        let location = StoreLocation(storePath)
        let folder = (location.resolvedPath as NSString).deletingLastPathComponent
        var findings = [permissions(of: location, in: folder), fileSystem(of: folder), space(in: folder, location)]
        findings += leftovers(of: location)
        findings.append(lock(of: location))
        findings += content(of: location)
        if let metricSetPath { findings.append(definitions(of: location, metricSetPath: metricSetPath)) }
        if let certificatePath { findings.append(certificate(at: certificatePath)) }
        if let keyPath { findings.append(key(at: keyPath)) }
        return findings
    }

    private func permissions(of location: StoreLocation, in folder: String) -> DoctorFinding {
        var status = stat()
        guard stat(folder, &status) == 0 else {
            return .failure("permissions", "the folder \(folder) is not there; make it, for the collector's user")
        }
        guard faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 else {
            return .failure(
                "permissions",
                "the folder \(folder) cannot be written by this user; give the collector's user the right")
        }
        guard status.st_mode & S_IWOTH == 0 || status.st_mode & S_ISVTX != 0 else {
            return .failure(
                "permissions", "anyone may remove files from the folder \(folder); run: chmod o-w \(folder)")
        }
        guard stat(location.resolvedPath, &status) == 0 else {
            return .fine("permissions", "the folder can be written")
        }
        guard faccessat(AT_FDCWD, location.resolvedPath, R_OK | W_OK, AT_EACCESS) == 0 else {
            return .failure("permissions", "the store cannot be written by this user; run the collector as its owner")
        }
        guard status.st_mode & S_IWOTH == 0 else {
            return .failure("permissions", "anyone may change the store; run: chmod o-w \(storePath)")
        }
        guard status.st_mode & S_IROTH == 0 else {
            return .warning(
                "permissions",
                "anyone on this machine may read the store; unless that is meant, run: chmod o-r \(storePath)")
        }
        return .fine("permissions", "the store and its folder can be written, and not by anyone")
    }

    private func lock(of location: StoreLocation) -> DoctorFinding {
        // Looking must not make a lock file, which would belong to whoever looks.
        guard access(location.resolvedPath + ".lock", F_OK) == 0 else {
            return .fine("lock", "no collector has had this store")
        }
        do throws(StoreError) {
            let lock = try StoreLock(location)
            return withExtendedLifetime(lock) { .fine("lock", "no collector has the store") }
        } catch {
            guard case .locked = error else { return .failure("lock", error.description) }
            return .fine("lock", "a collector has the store")
        }
    }

    private func leftovers(of location: StoreLocation) -> [DoctorFinding] {
        let sentences = [
            ".restoring": "an interrupted restoration left it; restore again, or remove it",
            ".replaced": "a restoration put the old store aside; once the new one is trusted, remove it",
            ".replaced-wal": "it is the log of the store that a restoration put aside; it goes with that file",
        ]
        return sentences.sorted { $0.key < $1.key }.compactMap { suffix, sentence in
            access(location.resolvedPath + suffix, F_OK) == 0
                ? .warning("leftovers", "there is \(location.path)\(suffix): \(sentence)") : nil
        }
    }
}

extension DoctorFinding {
    static func fine(_ subject: String, _ sentence: String) -> Self {
        Self(verdict: .fine, subject: subject, sentence: sentence)
    }

    static func warning(_ subject: String, _ sentence: String) -> Self {
        Self(verdict: .warning, subject: subject, sentence: sentence)
    }

    static func failure(_ subject: String, _ sentence: String) -> Self {
        Self(verdict: .failure, subject: subject, sentence: sentence)
    }
}
