internal import ArgumentParser
internal import CollectorService

/// The store that a command is about.
struct StoreOption: ParsableArguments {
    @Option(help: ArgumentHelp("The store, an SQLite file that a collector made.", valueName: "file"))
    var store: String

    func validate() throws { try requireFile(store, of: "--store") }
}

/// Refuses a database where a file is meant. The address is not repeated: it may hold a password.
func requireFile(_ place: String, of option: String) throws {
    guard place.hasPrefix("postgres://") || place.hasPrefix("postgresql://") else { return }
    throw ValidationError(
        "\(option) is a database; this is for store files. Look after a database with its server's own tools, "
            + "such as pg_dump.")
}

/// Runs what may fail because of the store, with errors that `main` turns into a sentence and a status.
func maintaining<Output>(_ work: () throws(StoreError) -> Output) throws(StoreMaintenanceError) -> Output {
    do { return try work() } catch { throw .store(error) }
}
