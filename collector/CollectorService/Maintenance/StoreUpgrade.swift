internal import GRDB
internal import StoreFormat

/// Raises a store to the present version, at a moment of the operator's choosing.
package struct StoreUpgrade: Hashable, Sendable {
    /// The version that the store has.
    package let version: Int32
    /// Whether the file has to be rewritten so that it can give space back.
    package let needsRewriting: Bool

    /// The version that it is raised to.
    package static let presentVersion = StoreSchema.version

    /// What is to do on a store.
    ///
    /// - Throws: ``StoreError``.
    package init(ofStoreAt path: String) throws(StoreError) {
        let (database, version) = try StoreReading.open(StoreLocation(path))
        self.version = version
        do { needsRewriting = try database.read { try !StoreMigration.canShrink($0) } } catch {
            throw StoreError(error)
        }
    }

    /// Raises the version, in one transaction, and rewrites the file if that has to be, in another. No collector may have
    /// the store meanwhile.
    ///
    /// - Throws: ``StoreError``; the store then has the earlier version or the present one, and all its reports.
    /// - Complexity: linear in the store if it is rewritten, which takes its space once more.
    package static func run(onStoreAt path: String) throws(StoreError) {
        let location = StoreLocation(path)
        guard try StoreFolder.byteCount(of: location) != nil else { throw .missing(path: path) }
        let lock = try StoreLock(location)
        defer { withExtendedLifetime(lock) {} }
        let (database, version) = try StoreReading.openForWriting(location)
        do {
            try database.inDatabase { connection in
                if version < StoreSchema.version { try StoreMigration.raise(connection, from: version) }
                if try !StoreMigration.canShrink(connection) { try StoreMigration.makeShrinkable(connection) }
            }
            try database.close()
        } catch { throw StoreError(error) }
    }
}
