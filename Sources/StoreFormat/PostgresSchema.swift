/// The tables of a store in PostgreSQL's words: those of ``StoreSchema``, in a schema of their own.
public enum PostgresSchema {
    /// The schema that holds the tables, so that a store can share a database with something else.
    public static let name = "dither"

    /// What makes a store of version n + 1 of one of version n; the first makes a store of nothing. A step that is
    /// released is never changed.
    public static let steps = [
        [
            // One row: what the tables are.
            """
            CREATE TABLE dither.store (
                only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), version bigint NOT NULL
            )
            """,
            "INSERT INTO dither.store (version) VALUES (0)",
            """
            CREATE TABLE dither.definition (
                metric bigint NOT NULL, version bigint NOT NULL, hash bytea NOT NULL, PRIMARY KEY (metric, version)
            )
            """,
            """
            CREATE TABLE dither.batch (
                identifier bytea PRIMARY KEY, forget_after bigint NOT NULL, rejected bytea NOT NULL
            ) WITH (autovacuum_vacuum_scale_factor = 0.01)
            """,
            // Rows come and go: the server is to clear away what is sealed long before a fifth of the table is that.
            """
            CREATE TABLE dither.staged (
                metric bigint NOT NULL, version bigint NOT NULL, day bigint NOT NULL, shape_key bigint NOT NULL,
                key bigint NOT NULL, payload bytea NOT NULL, PRIMARY KEY (metric, version, day, shape_key, key)
            ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 65536)
            """,
            """
            CREATE TABLE dither.chunk (
                key bigint PRIMARY KEY, metric bigint NOT NULL, version bigint NOT NULL, day bigint NOT NULL,
                shape_key bigint NOT NULL, stride bigint NOT NULL, count bigint NOT NULL, checksum bytea NOT NULL,
                payloads bytea NOT NULL
            )
            """,
            // Payloads are noise and do not shrink.
            "ALTER TABLE dither.chunk ALTER COLUMN payloads SET STORAGE EXTERNAL",
            "CREATE INDEX chunk_by_metric ON dither.chunk (metric, version, day)",
        ],
        [
            // What was stored on a UTC day under each token with a quota, by all collectors.
            """
            CREATE TABLE dither.counter (
                day bigint NOT NULL, name text NOT NULL, value bigint NOT NULL, PRIMARY KEY (day, name)
            )
            """
        ],
    ]

    /// The version of the tables, in `store.version`.
    public static let version = Int64(steps.count)

    /// The tables of ``version``, as ``descriptionQuery`` shows them.
    public static let description = [
        "batch.forget_after bigint not null", "batch.identifier bytea not null", "batch.rejected bytea not null",
        "batch_pkey (identifier)", "chunk.checksum bytea not null", "chunk.count bigint not null",
        "chunk.day bigint not null", "chunk.key bigint not null", "chunk.metric bigint not null",
        "chunk.payloads bytea not null", "chunk.shape_key bigint not null", "chunk.stride bigint not null",
        "chunk.version bigint not null", "chunk_pkey (key)", "counter.day bigint not null",
        "counter.name text not null", "counter.value bigint not null", "counter_pkey (day, name)",
        "definition.hash bytea not null",
        "definition.metric bigint not null", "definition.version bigint not null",
        "definition_pkey (metric, version)", "staged.day bigint not null", "staged.key bigint not null",
        "staged.metric bigint not null", "staged.payload bytea not null", "staged.shape_key bigint not null",
        "staged.version bigint not null", "staged_pkey (metric, version, day, shape_key, key)",
        "store.only_row boolean not null", "store.version bigint not null", "store_pkey (only_row)",
    ]

    /// One line for each column and each primary key of the ordinary, durable tables. Indexes, rights and views that an
    /// operator adds are no change.
    public static let descriptionQuery = """
        SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END AS line
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE n.nspname = 'dither' AND c.relkind = 'r' AND c.relpersistence = 'p'
            AND c.relname IN ('store', 'definition', 'batch', 'staged', 'chunk', 'counter')
            AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT k.conname || ' ' || replace(pg_get_constraintdef(k.oid), 'PRIMARY KEY ', '')
        FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
        WHERE n.nspname = 'dither' AND k.contype = 'p' AND k.conrelid IN (
            SELECT to_regclass('dither.' || t)
            FROM unnest(ARRAY['store', 'definition', 'batch', 'staged', 'chunk', 'counter']) t)
        ORDER BY 1
        """

    /// Whether there is a schema, a store in it, and anything at all in it.
    public static let presenceQuery = """
        SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'dither'),
            EXISTS (
                SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'dither' AND c.relname = 'store' AND c.relkind = 'r'),
            EXISTS (
                SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'dither')
        """

    /// The version of a store.
    public static let versionQuery = "SELECT version FROM dither.store"
}
