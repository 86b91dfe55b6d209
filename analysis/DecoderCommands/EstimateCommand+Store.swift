internal import Estimation
internal import MetricDefinitions
internal import PostgresClient
internal import ReportFormat
internal import StoreReader

/// A store as a command reads it: every error is one for its reader.
struct EstimateStore {
    /// A metric's periods in a store.
    struct Stored {
        /// Those of the version that the registry defines, by day.
        var ofThisVersion: [StoredPeriod]
        /// The other versions that have reports.
        var otherVersions: [UInt32]
    }

    /// For messages: without what a database's URL may hold besides.
    private let path: String
    private let snapshot: any StoreSnapshot

    init(path: String, patienceInSeconds: Double, mapsFile: Bool = true) throws(CommandError) {
        guard PostgresAddress.isMeant(by: path) else {
            self.path = path
            do {
                snapshot = try SQLiteSnapshot(
                    path: path, patienceInSeconds: patienceInSeconds,
                    mappedByteCount: mapsFile ? SQLiteSnapshot.mappedByteCount : 0)
            } catch { throw Self.commandError(for: error, path: path) }
            return
        }
        let address: PostgresAddress
        do { address = try PostgresAddress(path) } catch {
            throw Self.commandError(for: .postgres(error), path: "--store")
        }
        self.path = "\(address)"
        do { snapshot = try PostgresSnapshot(address) } catch {
            throw Self.commandError(for: error, path: "\(address)")
        }
    }

    /// Every period of every metric and version.
    func periods() throws(CommandError) -> [StoredPeriod] {
        do { return try snapshot.periods() } catch { throw commandError(for: error) }
    }

    func periods(of definition: MetricDefinition) throws(CommandError) -> Stored {
        let periods: [StoredPeriod]
        do { periods = try snapshot.periods(of: definition.identifier.value) } catch { throw commandError(for: error) }
        return Stored(
            ofThisVersion: periods.filter { $0.version == definition.version },
            otherVersions: Set(periods.map(\.version)).subtracting([definition.version]).sorted())
    }

    /// Refuses reports that were admitted under other parameters than the registry's.
    func checkDefinition(_ definition: MetricDefinition) throws(CommandError) {
        let hash: [UInt8]?
        do {
            hash = try snapshot.definitionHash(metric: definition.identifier.value, version: definition.version)
        } catch { throw commandError(for: error) }
        guard let hash else {
            throw CommandError(
                .storeUnusable, "\(path): has reports of \(definition.name), but not their definition: damaged")
        }
        guard hash == definition.definitionHash else {
            throw CommandError(
                .validationFailed,
                "the parameters of \(definition.name), version \(definition.version), differ between the registry "
                    + "(\(hexadecimal(Array(definition.definitionHash.prefix(8))))) and the reports in \(path) "
                    + "(\(hexadecimal(Array(hash.prefix(8))))). Use the registry that the collector served, and raise "
                    + "the version with every change.")
        }
    }

    func parts(of period: StoredPeriod) throws(CommandError) -> [StoredPart] {
        do { return try snapshot.parts(of: period) } catch { throw commandError(for: error) }
    }

    func payloads(
        of part: StoredPart, in period: StoredPeriod, payloadByteCount: Int
    ) throws(CommandError) -> [UInt8] {
        do { return try snapshot.payloads(of: part, in: period, payloadByteCount: payloadByteCount) } catch {
            throw commandError(for: error)
        }
    }

    /// Appends the payloads of a part; several threads may.
    func read(
        _ part: StoredPart, of period: StoredPeriod, payloadByteCount: Int, into payloads: inout [UInt8]
    ) throws(CommandError) {
        do { try snapshot.read(part, of: period, payloadByteCount: payloadByteCount, into: &payloads) } catch {
            throw commandError(for: error)
        }
    }

    func error(of error: ReportError, in period: StoredPeriod) -> CommandError {
        let reason: String
        switch error {
        case .wrongByteCount(let actual, let expected): reason = "\(actual) bytes where \(expected) belong"
        case .valueOutOfRange: reason = "a value that the metric does not have"
        case .countOverflow:
            return CommandError(
                .runtimeFailure,
                "\(path): has more reports until \(period.day) than can be counted at once. Estimate fewer days: --to, "
                    + "or --by period")
        }
        return CommandError(
            .storeUnusable, "\(path): damaged: a report of \(period.day) holds \(reason). \(Self.restore)")
    }
}

extension EstimateStore {
    private static let restore = "Restore the store from a backup."

    private func commandError(for error: StoreReaderError) -> CommandError {
        Self.commandError(for: error, path: path)
    }

    private static func commandError(for error: StoreReaderError, path: String) -> CommandError {
        switch error {
        case .missing:
            CommandError(.runtimeFailure, "\(path): there is no such store. Name the file that the collector writes.")
        case .unreadable(let code):
            CommandError(
                .runtimeFailure, "\(path): cannot be read (SQLite \(code)). Is it a file, and may you read it?")
        case .locked:
            CommandError(
                .transientFailure, "\(path): locked by another process. Try again, or end what holds it.")
        case .notAStore:
            CommandError(
                .storeUnusable, "\(path): is no store. Name the file or the database that the collector writes.")
        case .unsupportedVersion(let found, let supported):
            CommandError(
                .storeUnusable,
                "\(path): a store of version \(found), and this is for version \(supported). Use the dither of the "
                    + "same release as the collector.")
        case .damaged(let code):
            CommandError(.storeUnusable, "\(path): damaged (SQLite \(code)). \(restore)")
        case .malformedRow(let table):
            CommandError(
                .storeUnusable,
                "\(path): damaged: a row of the table \(table) is none that a collector writes. "
                    + restore)
        case .postgres(let error):
            CommandError(ExitStatus(rawValue: error.exitCode) ?? .runtimeFailure, "\(path): \(error).")
        case .damagedChunk(let key, _):
            CommandError(
                .storeUnusable, "\(path): damaged: chunk \(key) is not what was sealed. \(restore)")
        case .wrongPayloadByteCount(let actual, let expected):
            CommandError(
                .storeUnusable,
                "\(path): damaged: a report has \(actual) bytes where the metric's have \(expected). \(restore)")
        }
    }
}
