/// Why a command that looks after a store did not do its work.
package enum StoreMaintenanceError: Error, Hashable, Sendable {
    /// The store cannot be opened, read or written.
    case store(StoreError)
    /// The store has findings, so that a copy of it is worth nothing.
    case unsound(path: String)
    /// The store has findings, which were listed.
    case damaged(path: String)
    /// Something has that name, and nobody said that it may be replaced.
    case exists(path: String)
    /// A log lies where the copy's would, and SQLite would play it into the copy.
    case leftoverLog(path: String)
    /// A store and its copy are one file.
    case sameFile(path: String)
    /// What an earlier restoration put aside is still there.
    case setAside(path: String)
    /// The metric is none of the set's, and no number of the store's either.
    case unknownMetric(String)
    /// The metric is no number, and there is no set that could have the name.
    case unnamedMetric(String)

    /// What the process exits with; the same numbers everywhere in the project.
    package var exitCode: Int32 {
        switch self {
        case .store(let error): CollectorError.store(error).exitCode
        case .unsound, .damaged: 8
        case .exists, .leftoverLog, .setAside: 1
        case .sameFile, .unknownMetric, .unnamedMetric: 2
        }
    }
}

extension StoreMaintenanceError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .store(let error): error.description
        case .unsound(let path):
            "\(path) is damaged, and nothing was copied; see what is wrong with: dither-collector verify --store \(path)"
        case .damaged(let path): "\(path) is damaged; restore it from a backup with: dither-collector restore"
        case .exists(let path): "there is a file \(path) already; name another one, or replace it with --force"
        case .leftoverLog(let path):
            "there is a log \(path), which would damage the copy; name another copy, or move the log away together with "
                + "the file that it belongs to"
        case .sameFile(let path): "\(path) would be copied onto itself; name another file"
        case .setAside(let path):
            "\(path) is what an earlier restoration put aside; move it away or remove it, and restore again"
        case .unknownMetric(let name):
            "--metric \(name) is no metric of --metrics or of the store; write its name as in the registry, or its number"
        case .unnamedMetric(let name):
            "--metric \(name) is a name; give the set that has it with --metrics, or write the metric's number"
        }
    }
}

extension StoreError {
    /// Whether the file's content is wrong, and not its place or the disk.
    var isDamage: Bool {
        switch self {
        case .damaged, .alteredTables: true
        default: false
        }
    }
}
