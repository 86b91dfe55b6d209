public import ArgumentParser
internal import Foundation

/// Runs the command that the process's arguments ask for, and ends the process with its ``ExitStatus``.
///
/// Help and version go to standard output; what is wrong with the command line, with usage, to standard error.
public func runDither(_ root: any ParsableCommand.Type) async -> Never {
    // The default action would end a shell script's loop too, but with no documented status.
    signal(SIGINT) { _ in _exit(ExitStatus.interrupted.rawValue) }
    // Of a file that is mapped, what is no longer there or cannot be read is told by this signal.
    signal(SIGBUS) { _ in
        let sentence: StaticString =
            "dither: a file cannot be read to its end: the disk fails, or something other than the collector changed it\n"
        _ = write(2, sentence.utf8Start, sentence.utf8CodeUnitCount)
        _exit(ExitStatus.runtimeFailure.rawValue)
    }
    exit(await status(running: root).rawValue)
}

private func status(running root: any ParsableCommand.Type) async -> ExitStatus {
    do {
        var command = try root.parseAsRoot()
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
        return .success
    } catch let error as CommandError {
        StandardStreams.tell("dither: \(error.message)")
        return error.status
    } catch {
        let text = root.fullMessage(for: error)
        switch root.exitCode(for: error) {
        case .success: return show(text)
        case .validationFailure:
            StandardStreams.tell(text)
            return .usage
        default:
            StandardStreams.tell("dither: \(text)")
            return .runtimeFailure
        }
    }
}

private func show(_ text: String) -> ExitStatus {
    do {
        try StandardStreams.write(text + "\n")
        return .success
    } catch {
        StandardStreams.tell("dither: \(error.message)")
        return error.status
    }
}
