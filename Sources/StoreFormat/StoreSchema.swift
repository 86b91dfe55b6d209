/// The tables that a collector writes and a decoder reads, in SQLite's words. Reports are stored noisy as they came,
/// with nothing about their sender and no time finer than the UTC day they are about.
public enum StoreSchema {
    /// Marks an SQLite file as a store: `DITH` in ASCII, in `PRAGMA application_id`.
    public static let applicationIdentifier: Int32 = 0x4449_5448

    /// The version of the tables, in `PRAGMA user_version`.
    public static let version: Int32 = 2

    /// The versions whose reports a reader finds: ``version`` and every one before.
    public static let readableVersions: ClosedRange<Int32> = 1...version

    /// What makes an empty database a store of a version; nothing for a version that there is not.
    public static func statements(of version: Int32) -> [String] {
        additions.filter { $0.version <= version }.flatMap(\.statements)
    }

    /// What makes a store of one version a store of ``version``. Every version so far only adds to the one before, so
    /// that raising one takes no longer for a large store than for a small one.
    public static func additions(since version: Int32) -> [String] {
        additions.filter { $0.version > version }.flatMap(\.statements)
    }

    private static let additions: [(version: Int32, statements: [String])] = [(1, reports), (2, counters)]

    private static let reports = [
        // The definitions whose reports the store holds; one (metric, version) never has two.
        """
        CREATE TABLE definition (
            metric INTEGER NOT NULL, version INTEGER NOT NULL, hash BLOB NOT NULL,
            PRIMARY KEY (metric, version)
        ) STRICT, WITHOUT ROWID
        """,
        // The batches that were answered, the day until which each must be known again, and what of it was rejected:
        // for each such report its index (two bytes, little-endian) and a byte for the reason.
        """
        CREATE TABLE batch (
            identifier BLOB PRIMARY KEY NOT NULL, forget_after INTEGER NOT NULL, rejected BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        // Reports that no chunk holds so far, under random keys: neither order nor neighbourhood tells of arrival.
        // A group's reports lie together, so that sealing and reading one group touches no other.
        """
        CREATE TABLE staged (
            metric INTEGER NOT NULL, version INTEGER NOT NULL, day INTEGER NOT NULL, shape_key INTEGER NOT NULL,
            key INTEGER NOT NULL, payload BLOB NOT NULL,
            PRIMARY KEY (metric, version, day, shape_key, key)
        ) STRICT, WITHOUT ROWID
        """,
        // Sealed reports: payloads of one length, end to end, in random order, with the SHA-256 of the whole.
        """
        CREATE TABLE chunk (
            key INTEGER PRIMARY KEY NOT NULL, metric INTEGER NOT NULL, version INTEGER NOT NULL,
            day INTEGER NOT NULL, shape_key INTEGER NOT NULL, stride INTEGER NOT NULL, count INTEGER NOT NULL,
            checksum BLOB NOT NULL, payloads BLOB NOT NULL
        ) STRICT
        """,
        "CREATE INDEX chunk_by_metric ON chunk (metric, version, day)",
    ]
    private static let counters = [
        // What a UTC day brought, in coarse numbers: batches, reports stored, reports rejected for each reason, reports
        // deleted. Never by sender, and of nothing that a sender can name.
        """
        CREATE TABLE counter (
            day INTEGER NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (day, name)
        ) STRICT, WITHOUT ROWID
        """
    ]
}
