import Foundation
public import PostgresClient
import Synchronization

/// A real PostgreSQL server in a folder of its own, on a Unix socket, synchronising as in operation. It ends with the
/// process that started it, however that ends.
public final class PostgresServer: Sendable {
    /// The server of all tests of this process, each of which makes a database of its own.
    public static let shared = Result { try PostgresServer() }

    /// Why there is no server.
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// Where the socket is.
    private let folder: String
    private let databaseCount = Atomic(0)
    private let commands: FileHandle
    private let answers: FileHandle

    /// Starts a server.
    ///
    /// - Parameter settings: such as `fsync=off`.
    /// - Throws: ``Failure`` where PostgreSQL is not installed: that is for scripts/setup.sh to do.
    public init(settings: [String] = []) throws {
        let manager = FileManager.default
        let versions = (try? manager.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        guard let version = versions.compactMap(Int.init).max() else {
            throw Failure(description: "PostgreSQL's server is not installed; run scripts/setup.sh")
        }
        let url = manager.temporaryDirectory.appending(path: "dither-pg-\(UUID().uuidString.prefix(8))")
        try manager.createDirectory(at: url, withIntermediateDirectories: true)
        folder = url.path(percentEncoded: false)
        // The server refuses to run as root.
        var asUser: [String] = []
        if geteuid() == 0 {
            guard let entry = getpwnam("postgres") ?? getpwnam("nobody") else {
                throw Failure(description: "there is no user to run a server as")
            }
            let (user, group) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
            guard chown(folder, user, group) == 0 else { throw Failure(description: "cannot give \(folder) away") }
            asUser = ["setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups"]
        }
        // Commits that are not waited for would be written ten seconds later only.
        let options = (["listen_addresses=", "max_connections=200", "wal_writer_delay=10s"] + settings)
            .map { "-c '\($0)'" }.joined(separator: " ")
        let process = Process(), (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            asUser + ["sh", "-c", Self.script, "sh", "/usr/lib/postgresql/\(version)/bin", folder, options]
        (process.standardInput, process.standardOutput) = (input, output)
        process.currentDirectoryURL = url
        try process.run()
        (commands, answers) = (input.fileHandleForWriting, output.fileHandleForReading)
        try waitUntilReady()
    }

    /// Stops the server without letting it finish anything, and starts it again.
    public func crash() throws {
        try commands.write(contentsOf: Data("crash\n".utf8))
        try waitUntilReady()
    }

    /// Stops the server, as a crash does, until ``start()``.
    public func stop() throws {
        try commands.write(contentsOf: Data("stop\n".utf8))
        try waitUntilReady()
    }

    /// Starts a stopped server.
    public func start() throws {
        try commands.write(contentsOf: Data("start\n".utf8))
        try waitUntilReady()
    }

    /// A new, empty database, as a URL.
    public func makeDatabase() throws -> String {
        let name = "test_\(databaseCount.add(1, ordering: .relaxed).newValue)"
        try connection(to: url("postgres")).execute("CREATE DATABASE \(name)")
        return url(name)
    }

    /// A connection of the test's own.
    public func connection(to url: String) throws -> PostgresConnection {
        try PostgresConnection(try PostgresAddress(url), mustTakeWrites: false)
    }

    /// The URL of a database of this server.
    public func url(_ database: String, user: String = "postgres") -> String {
        "postgres://\(user)@/\(database)?host=\(folder)"
    }

    private func waitUntilReady() throws {
        let line = String(decoding: answers.availableData, as: UTF8.self)
        guard line == "done\n" else {
            let log = try? String(contentsOfFile: folder + "/log", encoding: .utf8)
            throw Failure(description: "the server does not start: \(line) \(log?.suffix(500) ?? "")")
        }
    }

    /// Runs the server until its input ends, which it does with the process at the other end.
    private static let script = """
        bin=$1 folder=$2 options=$3
        start() { "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -o "-k $folder $options" -w start >&2 </dev/null; }
        stop() { "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >&2 </dev/null; }
        exec 2>"$folder/words"
        "$bin/initdb" -D "$folder/data" -A trust -U postgres -E UTF8 --no-locale --no-sync >&2 </dev/null || exit 1
        start && echo done
        while read -r word; do
            case $word in
                crash) stop; start ;;
                stop) stop ;;
                start) start ;;
            esac && echo done
        done
        stop
        rm -rf "$folder/data" "$folder/log"
        """
}
