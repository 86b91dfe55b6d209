extension SQLiteStore {
    /// The tables, as the steps that lead to them: step n takes a database of version n to version n + 1. A step that
    /// was released is never changed.
    static let migrations = [
        """
        CREATE TABLE field (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE ledger (
            metric INTEGER NOT NULL, version INTEGER NOT NULL, definition_hash BLOB NOT NULL,
            first_period INTEGER NOT NULL, epsilon_thousandths INTEGER NOT NULL,
            lifetime_thousandths INTEGER NOT NULL, period_cap INTEGER NOT NULL, reports INTEGER NOT NULL,
            last_debited INTEGER, last_permanent_response BLOB, is_memoized INTEGER NOT NULL,
            is_retired INTEGER NOT NULL,
            PRIMARY KEY (metric, version)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE distinct_value (
            metric INTEGER NOT NULL, version INTEGER NOT NULL, tag INTEGER NOT NULL,
            PRIMARY KEY (metric, version, tag)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE slot (
            metric INTEGER NOT NULL, version INTEGER NOT NULL, period INTEGER NOT NULL, priority INTEGER NOT NULL,
            payload BLOB NOT NULL, tag INTEGER, permanent_response BLOB, PRIMARY KEY (metric, period)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE queue (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, metric INTEGER NOT NULL, period INTEGER NOT NULL,
            fingerprint INTEGER NOT NULL, payload BLOB NOT NULL
        ) STRICT;
        CREATE TABLE outbox (
            identifier BLOB PRIMARY KEY NOT NULL, body BLOB NOT NULL, report_count INTEGER NOT NULL
        ) STRICT;
        """,
        """
        CREATE TABLE journal (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, seconds INTEGER NOT NULL, content BLOB NOT NULL,
            hash BLOB NOT NULL
        ) STRICT;
        """,
    ]
}
