internal import ArgumentParser
internal import CollectorService

/// The store that a command is about.
struct StoreOption: ParsableArguments {
    @Option(help: ArgumentHelp("The store, an SQLite file that a collector made.", valueName: "file"))
    var store: String
}

/// Runs what may fail because of the store, with errors that `main` turns into a sentence and a status.
func maintaining<Output>(_ work: () throws(StoreError) -> Output) throws(StoreMaintenanceError) -> Output {
    do { return try work() } catch { throw .store(error) }
}
