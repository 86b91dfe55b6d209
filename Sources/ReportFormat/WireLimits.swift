/// The bounds of wire format 1, the same for every agent and collector.
public enum WireLimits {
    /// The format's version, the fifth byte of every batch.
    public static let version: UInt8 = 1
    /// The largest batch, in bytes.
    public static let batchByteCount = 262_144
    /// The smallest batch, in bytes; every batch is a power-of-two multiple of it.
    public static let smallestBatchByteCount = 256
    /// The most reports that one batch carries.
    public static let reportsPerBatch = 1_024
    /// The longest payload of one report, in bytes.
    public static let payloadByteCount = 16_384
    /// How many days after its period a report is still admitted.
    public static let daysBack = 31
    /// How many days a device's clock may be ahead of the collector's.
    public static let daysAhead = 1
    /// The media type of a batch.
    public static let mediaType = "application/vnd.dither.reports.v1"
    /// The prefix of every error a collector names; only such an answer lets an agent give up a batch.
    public static let errorPrefix = "urn:dither:error:"
}
