/// Why a database cannot be asked, or did not do as it was asked. Holds no value that was sent, and no secret.
public enum PostgresError: Error, Hashable, Sendable {
    /// The text is no URL that libpq takes.
    case malformedAddress
    /// The URL holds a password, which the list of processes would show to everyone on the machine.
    case passwordInAddress
    /// No connection is to be had, or the one there was is lost; in libpq's words.
    case unreachable(reason: String)
    /// The server does not let this user in; in libpq's words.
    case denied(reason: String)
    /// The server refused a statement: its SQLSTATE, and its message without the details, which may quote rows.
    case refused(sqlState: String, message: String)
    /// A transaction that was to be committed was undone by the server.
    case notCommitted
    /// An answer has other columns, types or values than were asked for; what was read.
    case unexpectedAnswer(about: String)
}

extension PostgresError {
    /// Whether the same transaction may succeed at once: it met another one, and the server undid this.
    public var isCollision: Bool {
        guard case .refused(let sqlState, _) = self else { return false }
        // Serialization failure, deadlock, and a key that was taken already, which is random and drawn anew.
        return ["40001", "40P01", "23505"].contains(sqlState)
    }

    /// Whether the connection is of no use any more, also where it still stands: its server takes no writes, as after a
    /// switch to another, or it is in trouble of its own.
    public var spoilsConnection: Bool {
        switch self {
        case .unreachable, .denied, .notCommitted: true
        case .refused(let sqlState, _): sqlState == "25006" || ["08", "57", "58", "XX"].contains(sqlState.prefix(2))
        case .malformedAddress, .passwordInAddress, .unexpectedAnswer: false
        }
    }

    /// Whether the server has no space left.
    public var isDiskFull: Bool {
        guard case .refused("53100", _) = self else { return false }
        return true
    }

    /// What a process exits with that cannot go on for this: 1 failure, 2 usage, 6 try again, 7 no access, 8 damage.
    public var exitCode: Int32 {
        switch self {
        case .malformedAddress, .passwordInAddress: 2
        case .unreachable, .notCommitted: 6
        case .denied: 7
        case .unexpectedAnswer: 8
        case .refused(let sqlState, _):
            switch sqlState.prefix(2) {
            case _ where sqlState == "42501": 7
            // Damaged data, or tables that are not there as they should be.
            case _ where ["XX001", "XX002", "42P01", "42703"].contains(sqlState): 8
            case "08", "40", "53", "55", "57": 6
            default: 1
            }
        }
    }
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformedAddress:
            "--store names a database by no URL that libpq takes; write it like postgres://user@host:5432/database"
        case .passwordInAddress:
            "--store holds a password, which everyone on the machine could read; leave it out, and "
                + "put it into ~/.pgpass, the file that PGPASSFILE names, or a service file"
        case .unreachable(let reason):
            "the store's database cannot be reached (\(reason)); check that its server runs and takes connections from here"
        case .denied(let reason):
            "the store's database lets nobody in under this name (\(reason)); check user, password file and pg_hba.conf"
        case .refused(let sqlState, let message): "the store's database refused (SQLSTATE \(sqlState): \(message))"
        case .notCommitted: "the store's database undid a transaction instead of committing it; try again"
        case .unexpectedAnswer(let subject): "the store's database holds what no collector writes, in \(subject)"
        }
    }
}
