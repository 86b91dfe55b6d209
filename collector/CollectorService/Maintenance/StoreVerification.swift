internal import GRDB

/// Something that no collector wrote.
package struct StoreFinding: Hashable, Sendable {
    /// Where: a table, and what tells the row from others.
    package var place: String
    /// What is wrong there.
    package var problem: String
}

/// A whole store read and checked: SQLite's structure, every chunk against its checksum, and every row against what
/// collectors write.
package struct StoreVerification: Hashable, Sendable {
    /// No more findings than this are listed; a store with a hundred is as lost as one with a million.
    package static let findingLimit = 100

    /// The version of the store's tables.
    package let version: Int32
    /// What is wrong, at most ``findingLimit``; nothing in a sound store.
    package internal(set) var findings: [StoreFinding] = []
    /// Chunks, sound or not.
    package internal(set) var chunkCount = 0
    /// Reports in sound chunks.
    package internal(set) var sealedCount = 0
    /// Reports that no chunk holds so far.
    package internal(set) var stagedCount = 0
    /// Batches that are known again.
    package internal(set) var batchCount = 0

    init(version: Int32) { self.version = version }

    /// Reads a store, also while a collector runs: as it is at one moment.
    ///
    /// - Parameters:
    ///   - path: the store's file.
    ///   - progress: is told how many of how many chunks are read.
    /// - Throws: ``StoreError`` when it is no store of a known version, or cannot be read.
    /// - Complexity: linear in the store.
    package static func run(
        path: String, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(StoreError) -> StoreVerification {
        let (database, version) = try StoreReading.open(StoreLocation(path))
        do {
            return try database.read { connection in
                var verification = StoreVerification(version: version)
                try verification.check(connection, progress: progress)
                return verification
            }
        } catch { throw StoreError(error) }
    }

    /// Adds a finding, unless there are enough.
    mutating func find(_ place: String, _ problem: String) {
        guard findings.count < Self.findingLimit else { return }
        findings.append(StoreFinding(place: place, problem: problem))
    }

    private mutating func check(_ connection: Database, progress: (Int, Int) -> Void) throws {
        try attempt("file") { verification in
            let lines = try String.fetchAll(connection, sql: "PRAGMA integrity_check(\(Self.findingLimit))")
            for line in lines where line != "ok" { verification.find("file", line) }
        }
        var rows = StoredRowRules()
        try attempt("definition") { try $0.checkDefinitions(in: connection, &rows) }
        try attempt("chunk") { try $0.checkChunks(in: connection, &rows, progress: progress) }
        try attempt("staged") { try $0.checkStaged(in: connection, &rows) }
        try attempt("batch") { try $0.checkBatches(in: connection) }
        if version >= 2 { try attempt("counter") { try $0.checkCounters(in: connection) } }
    }

    /// A table that SQLite cannot read to its end is a finding; a disk that cannot be read is not.
    private mutating func attempt(_ table: String, _ check: (inout StoreVerification) throws -> Void) throws {
        do { try check(&self) } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            find(table, "SQLite cannot read it to its end (result \(error.extendedResultCode.rawValue))")
        }
    }
}
