/// The tables of an export, in words that any SQL tool knows: without STRICT, which SQLite before 3.37 refuses to open.
enum ExportSchema {
    /// Marks an SQLite file as an export: `DITX` in ASCII, in `PRAGMA application_id`.
    static let applicationIdentifier: Int32 = 0x4449_5458

    /// What makes an empty database one of ``ExportDocument/schemaVersion``, which is its `PRAGMA user_version`.
    static var statements: [String] { [metadata, metric, estimate, withheld, note] + indices }

    private static let metadata = """
        CREATE TABLE dither_export (
            key TEXT NOT NULL PRIMARY KEY CHECK (typeof(key) = 'text'),
            value TEXT NOT NULL CHECK (typeof(value) = 'text')
        )
        """

    private static let metric = """
        CREATE TABLE metric (
            metric TEXT NOT NULL PRIMARY KEY CHECK (typeof(metric) = 'text'),
            version INTEGER NOT NULL CHECK (typeof(version) = 'integer' AND version > 0),
            fingerprint TEXT NOT NULL CHECK (typeof(fingerprint) = 'text'),
            type TEXT NOT NULL CHECK (type IN ('boolean', 'category', 'string', 'number', 'pair')),
            question TEXT NOT NULL CHECK (typeof(question) = 'text'),
            owner TEXT NOT NULL CHECK (typeof(owner) = 'text'),
            mechanism TEXT NOT NULL CHECK (typeof(mechanism) = 'text'),
            memoized INTEGER NOT NULL CHECK (memoized IN (0, 1)),
            epsilon REAL NOT NULL CHECK (typeof(epsilon) = 'real' AND epsilon > 0),
            minimum_reports INTEGER NOT NULL CHECK (typeof(minimum_reports) = 'integer' AND minimum_reports >= 0),
            status TEXT NOT NULL CHECK (status IN ('shown', 'withheld', 'failed'))
        )
        """

    /// An estimate has its interval, or is missing with it.
    private static let estimate = """
        CREATE TABLE estimate (
            id INTEGER NOT NULL PRIMARY KEY,
            metric TEXT NOT NULL REFERENCES metric (metric),
            version INTEGER NOT NULL CHECK (typeof(version) = 'integer'),
            mechanism TEXT NOT NULL,
            epsilon REAL NOT NULL CHECK (typeof(epsilon) = 'real'),
            first_day TEXT NOT NULL CHECK (first_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
            last_day TEXT NOT NULL CHECK (last_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND last_day >= first_day),
            kind TEXT NOT NULL CHECK (kind IN (\(quoted(ExportRow.Kind.allCases.map(\.rawValue))))),
            value TEXT CHECK (typeof(value) IN ('text', 'null') AND (value IS NOT NULL OR kind = 'frequency')),
            level REAL CHECK ((level IS NOT NULL) = (kind = 'quantile')),
            bucket_low REAL CHECK ((bucket_low IS NOT NULL) = (kind = 'bucket')),
            bucket_high REAL CHECK ((bucket_high IS NOT NULL) = (kind = 'bucket') AND (bucket_high IS NULL OR bucket_high > bucket_low)),
            reports INTEGER NOT NULL CHECK (typeof(reports) = 'integer' AND reports > 0),
            estimate REAL CHECK (typeof(estimate) IN ('real', 'null')),
            low REAL CHECK (typeof(low) IN ('real', 'null')),
            high REAL CHECK (typeof(high) IN ('real', 'null') AND (high IS NULL OR low IS NULL OR high >= low)),
            standard_error REAL CHECK (typeof(standard_error) IN ('real', 'null') AND (standard_error IS NULL OR standard_error >= 0)),
            p_value REAL CHECK (p_value IS NULL OR p_value BETWEEN 0 AND 1),
            detected INTEGER CHECK (detected IS NULL OR detected IN (0, 1)),
            alarm INTEGER CHECK (alarm IS NULL OR alarm IN (0, 1)),
            confidence REAL NOT NULL CHECK (confidence > 0 AND confidence < 1),
            CHECK (estimate IS NULL OR (low IS NOT NULL AND high IS NOT NULL))
        )
        """

    /// What has no figures, and why; all days where `day` is NULL.
    private static let withheld = """
        CREATE TABLE withheld (
            id INTEGER NOT NULL PRIMARY KEY,
            metric TEXT NOT NULL REFERENCES metric (metric),
            version INTEGER NOT NULL CHECK (typeof(version) = 'integer'),
            day TEXT CHECK (day IS NULL OR day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
            kind TEXT NOT NULL CHECK (kind IN (\(quoted(ExportOmission.Kind.allCases.map(\.rawValue))))),
            reason TEXT NOT NULL CHECK (typeof(reason) = 'text')
        )
        """

    private static let note = """
        CREATE TABLE note (
            id INTEGER NOT NULL PRIMARY KEY,
            metric TEXT NOT NULL REFERENCES metric (metric),
            note TEXT NOT NULL CHECK (typeof(note) = 'text')
        )
        """

    private static let indices = [
        "CREATE INDEX estimate_by_day ON estimate (metric, first_day)",
        "CREATE INDEX estimate_by_value ON estimate (metric, value)",
    ]

    private static func quoted(_ names: [String]) -> String {
        names.map { "'\($0)'" }.joined(separator: ", ")
    }
}
