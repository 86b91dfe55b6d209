import Foundation
import Testing

/// A command as the program itself lists it, and the examples of its help.
struct HelpPage: Sendable, CustomTestStringConvertible {
    /// The program and its subcommands.
    let path: [String]
    let text: String

    var testDescription: String { path.joined(separator: " ") }

    /// The pages of all commands, as the programs' own help texts lead to them.
    static let all: [HelpPage] = ["dither", "dither-collector", "dither-agent"].flatMap { pages(of: [$0]) }

    private static func pages(of path: [String]) -> [HelpPage] {
        // One line for each of an example's, however long.
        let outcome = try? run(path[0], Array(path.dropFirst()) + ["--help"], environment: ["COLUMNS": "10000"])
        let page = HelpPage(path: path, text: outcome?.status == 0 ? outcome?.output ?? "" : "")
        return [page] + page.subcommands.flatMap { pages(of: path + [$0]) }
    }

    /// What the help lists under SUBCOMMANDS.
    private var subcommands: [String] {
        section("SUBCOMMANDS:").compactMap { line in
            guard line.hasPrefix("  "), !line.hasPrefix("   ") else { return nil }
            return line.dropFirst(2).split(separator: " ").first.map(String.init)
        }
    }

    /// The commands under EXAMPLES, each in one line.
    var examples: [String] {
        let lines = ["EXAMPLES:", "EXAMPLE:", "EXAMPLES"].lazy.map(section).first { !$0.isEmpty } ?? []
        var commands: [String] = [], isContinued = false
        for line in lines {
            let text = line.trimmingCharacters(in: .whitespaces)
            let part = text.hasSuffix("\\") ? String(text.dropLast()) : text
            if isContinued { commands[commands.count - 1] += part } else { commands.append(part) }
            isContinued = text.hasSuffix("\\")
        }
        return commands
    }

    /// The indented lines under a heading.
    private func section(_ heading: String) -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let start = lines.firstIndex(of: heading) else { return [] }
        return Array(lines[(start + 1)...].prefix { $0.hasPrefix("  ") })
    }
}
