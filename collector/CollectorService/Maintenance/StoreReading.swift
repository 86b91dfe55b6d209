internal import Foundation
internal import GRDB

/// Opens a store to look at it, beside a collector that may be running.
enum StoreReading {
    /// How long a lock is waited for, in seconds.
    static let patienceInSeconds = 5.0

    /// Opens a store that is there, for reading only.
    ///
    /// - Returns: the connection, and the version of the store.
    /// - Throws: ``StoreError``.
    static func open(_ location: StoreLocation) throws(StoreError) -> (database: DatabaseQueue, version: Int32) {
        guard let byteCount = try StoreFolder.byteCount(of: location) else { throw .missing(path: location.path) }
        guard byteCount > 0 else { throw .emptyFile(path: location.path) }
        do {
            var configuration = StoreFile.configuration(patienceInSeconds: patienceInSeconds)
            configuration.readonly = true
            let database = try DatabaseQueue(path: location.resolvedPath, configuration: configuration)
            let version = try database.read { try StoreIdentity.check($0, path: location.path) }
            return (database, version)
        } catch DatabaseError.SQLITE_NOTADB {
            throw .notAStore(path: location.path)
        } catch { throw StoreError(error) }
    }

    /// Opens a store of the present version that is there, to change it beside a collector that may be running.
    ///
    /// - Throws: ``StoreError``; ``StoreError/outdated(path:actual:expected:)`` for one of an earlier version.
    static func openForWriting(_ location: StoreLocation) throws(StoreError) -> (
        database: DatabaseQueue, version: Int32
    ) {
        guard let byteCount = try StoreFolder.byteCount(of: location) else { throw .missing(path: location.path) }
        guard byteCount > 0 else { throw .emptyFile(path: location.path) }
        do {
            let database = try DatabaseQueue(
                path: location.resolvedPath,
                configuration: StoreFile.configuration(patienceInSeconds: patienceInSeconds))
            let version = try database.inDatabase { connection in
                let version = try StoreIdentity.check(connection, path: location.path)
                try connection.execute(sql: "PRAGMA synchronous = FULL")
                try connection.execute(sql: "PRAGMA secure_delete = ON")
                return version
            }
            return (database, version)
        } catch DatabaseError.SQLITE_NOTADB {
            throw .notAStore(path: location.path)
        } catch { throw StoreError(error) }
    }
}

extension Row {
    /// A whole number. Values of another type than the table's are a fault of the file; asking GRDB for the type would
    /// end the process.
    func integer(_ column: Int) -> Int64? { Int64.fromDatabaseValue(self[column]) }

    /// A whole number that the column's type can hold.
    ///
    /// - Throws: ``StoreError/damaged(resultCode:)``.
    func number<Number: BinaryInteger>(_ column: Int) throws(StoreError) -> Number {
        guard let number = integer(column).flatMap(Number.init(exactly:)) else { throw .malformedRow }
        return number
    }

    /// Bytes.
    func bytes(_ column: Int) -> Data? { Data.fromDatabaseValue(self[column]) }

    /// A text.
    func text(_ column: Int) -> String? { String.fromDatabaseValue(self[column]) }
}
