internal import Glibc

/// What the command line asks for, parsed by hand: a parser library would triple the agent's size.
struct Arguments {
    /// The commands, in the order of the help.
    enum Command: String, CaseIterable {
        case on, off, status, record, flush, show
        case dryRun = "dry-run"
        case log, budget, explain
        case sealImage = "seal-image"
        case completions

        /// Whether it sends something, or decides that something may be sent.
        var needsEndpoint: Bool { [.on, .record, .flush].contains(self) }

        /// Whether it is about the state of a device.
        var needsState: Bool { self != .explain && self != .completions }

        /// Whether it has to know the metrics.
        var needsMetrics: Bool { ![.off, .sealImage, .completions].contains(self) }
    }

    /// Why a command line cannot be followed.
    struct UsageError: Error {
        var message: String
    }

    var command = Command.status
    var metricSetPath: String?
    var endpoint: String?
    var stateFolder: String?
    var format = OutputFormat.table
    var metric: String?
    var value: String?
    /// The second value of a pair.
    var otherValue: String?
    var readsStandardInput = false
    var closesPeriod = false
    var ignoresBackoff = false
    var sendsOnlyWhatIsDue = false
    var verifies = false
    var shell: Completions.Shell?

    /// Reads the words after the program's name; flags may stand anywhere, an environment variable in their place.
    init(_ words: [String], environment: [String: String]) throws(UsageError) {
        metricSetPath = environment["DITHER_METRICS"]
        endpoint = environment["DITHER_ENDPOINT"]
        stateFolder = environment["DITHER_STATE_DIR"]
        var operands: [String] = [], rest = words[...], flagsEnded = false
        while let word = rest.popFirst() {
            guard Self.isFlag(word), !flagsEnded else {
                operands.append(word)
                continue
            }
            if word == "--" { flagsEnded = true } else { try takeFlag(word, of: operands.first, from: &rest) }
        }
        guard let name = operands.first else {
            throw UsageError(message: "Say what to do: \(Self.commandList).")
        }
        guard let command = Command(rawValue: name) else {
            throw UsageError(message: "There is no command \(name). The commands are \(Self.commandList).")
        }
        self.command = command
        try takeOperands(Array(operands.dropFirst()))
        try checkFlags()
    }

    /// Whether a word is a flag. A negative number is not: no flag begins with a digit or a point.
    private static func isFlag(_ word: String) -> Bool {
        let bytes = word.utf8.prefix(2)
        guard bytes.count == 2, bytes.first == UInt8(ascii: "-"), let second = bytes.last else { return false }
        return !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(second) && second != UInt8(ascii: ".")
    }

    private static var commandList: String { Command.allCases.map(\.rawValue).joined(separator: ", ") }

    private mutating func takeFlag(
        _ word: String, of command: String?, from rest: inout ArraySlice<String>
    ) throws(UsageError) {
        var (name, attached): (String, String?) = (word, nil)
        if let equals = word.firstIndex(of: "=") {
            (name, attached) = (String(word[..<equals]), String(word[word.index(after: equals)...]))
        }
        func argument() throws(UsageError) -> String {
            guard let text = attached ?? rest.popFirst(), !text.isEmpty else {
                throw UsageError(message: "\(name) needs a value after it.")
            }
            return text
        }
        switch name {
        case "--metrics": metricSetPath = try argument()
        case "--endpoint": endpoint = try argument()
        case "--state": stateFolder = try argument()
        case "--format":
            let text = try argument()
            guard let format = OutputFormat(rawValue: text) else {
                throw UsageError(message: "--format takes table, csv or json, not \(text).")
            }
            self.format = format
        case "--stdin" where attached == nil: readsStandardInput = true
        case "--close-period" where attached == nil: closesPeriod = true
        case "--now" where attached == nil: ignoresBackoff = true
        case "--due" where attached == nil: sendsOnlyWhatIsDue = true
        case "--verify" where attached == nil: verifies = true
        case _ where command == Command.record.rawValue:
            // It may be a value, which no error repeats.
            throw UsageError(message: "record has no such flag. A text that begins with - stands after --.")
        default: throw UsageError(message: "There is no flag \(word).")
        }
    }

    private mutating func takeOperands(_ operands: [String]) throws(UsageError) {
        if command == .completions {
            guard operands.count == 1, let shell = Completions.Shell(rawValue: operands[0]) else {
                throw UsageError(message: "completions takes bash, zsh or fish.")
            }
            self.shell = shell
            return
        }
        if command == .explain, operands.count <= 1 {
            metric = operands.first
            return
        }
        guard command == .record else {
            let extra = command == .explain ? operands.dropFirst().first : operands.first
            if let extra { throw UsageError(message: "\(command.rawValue) takes no \(extra).") }
            return
        }
        guard let metric = operands.first, readsStandardInput ? operands.count == 1 : 2...3 ~= operands.count
        else {
            throw UsageError(
                message:
                    "record takes METRIC VALUE, for a pair METRIC FIRST SECOND, or METRIC --stdin with one value a "
                    + "line, of a pair two with a tab between.")
        }
        self.metric = metric
        (value, otherValue) = (operands.dropFirst().first, operands.dropFirst(2).first)
    }

    private func checkFlags() throws(UsageError) {
        guard !readsStandardInput || command == .record else {
            throw UsageError(message: "--stdin belongs to record.")
        }
        guard command == .flush || !(closesPeriod || ignoresBackoff || sendsOnlyWhatIsDue) else {
            throw UsageError(message: "--close-period, --now and --due belong to flush.")
        }
        guard command == .log || !verifies else { throw UsageError(message: "--verify belongs to log.") }
    }

    /// The value of a flag that the command cannot do without.
    func required(_ value: String?, _ flag: String, _ variable: String) throws(UsageError) -> String {
        guard let value, !value.isEmpty else {
            throw UsageError(message: "\(command.rawValue) needs \(flag) (or \(variable) in the environment).")
        }
        return value
    }
}
