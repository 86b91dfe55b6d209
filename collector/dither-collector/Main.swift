internal import ArgumentParser
internal import CollectorService
internal import CollectorSettings
internal import Glibc
internal import Logging

@main
enum Main {
    static func main() async {
        CoreDumps.leaveMemoryOut()
        Output.reserveDescriptors()
        do {
            var command = try Collector.parseAsRoot()
            // Serving logs as its settings say.
            if !(command is Serve) { LoggingSystem.bootstrap { _ in LineLogHandler(.text, level: .notice) } }
            if var serve = command as? any AsyncParsableCommand { try await serve.run() } else { try command.run() }
        } catch let error as CollectorError {
            Self.complain("dither-collector: \(error)")
            exit(error.exitCode)
        } catch let error as StoreMaintenanceError {
            Self.complain("dither-collector: \(error)")
            exit(error.exitCode)
        } catch let error as SettingsError {
            for problem in error.problems { Self.complain("dither-collector: \(problem)") }
            exit(error.exitCode)
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch { leave(with: error) }
    }

    /// Help and version are results and go to stdout; a usage error is no result and exits with 2.
    private static func leave(with error: any Error) -> Never {
        // A command that has said what is wrong names only its status.
        if let code = error as? ExitCode { exit(code.rawValue) }
        let message = Collector.fullMessage(for: error)
        guard Collector.exitCode(for: error).isSuccess else {
            complain(message)
            exit(2)
        }
        do throws(CollectorError) { try Output.write(message + "\n") } catch {
            complain("dither-collector: \(error)")
            exit(error.exitCode)
        }
        exit(0)
    }

    /// A line to standard error.
    static func complain(_ message: String) {
        let bytes = Array((message + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
