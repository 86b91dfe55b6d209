internal import ArgumentParser

/// The command and its subcommands.
struct Collector: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dither-collector",
        abstract: "Accepts batches of locally randomized reports and stores them.",
        discussion: """
            Reports are noisy when they arrive and are stored as they are, with nothing about their sender and no \
            time finer than the UTC day. Read the store with: dither estimate

            EXAMPLES:
              dither-collector serve --metrics metrics.set --store reports.db --listen 127.0.0.1:8080
              dither-collector inspect --store reports.db
              dither-collector verify --store reports.db
            """,
        version: "0.1.0",
        subcommands: [
            Serve.self, Config.self, Token.self, Backup.self, Restore.self, Verify.self, Inspect.self, Purge.self,
            Migrate.self, Doctor.self,
        ])
}
