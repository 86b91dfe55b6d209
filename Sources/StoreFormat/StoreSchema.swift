/// The tables that a collector writes and a decoder reads, in SQLite's words. Reports are stored noisy as they came,
/// with nothing about their sender and no time finer than the UTC day they are about.
public enum StoreSchema {
    /// Marks an SQLite file as a store: `DITH` in ASCII, in `PRAGMA application_id`.
    public static let applicationIdentifier: Int32 = 0x4449_5448

    /// The version of the tables, in `PRAGMA user_version`.
    public static let version: Int32 = 1

    /// What makes an empty database a store of ``version``.
    public static let statements = [
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
}
