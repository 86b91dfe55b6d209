internal import MetricDefinitions
internal import ReportFormat

extension MetricLock {
    private static let header = "dither-lock 1"

    /// The lock as text: one lock has one text.
    public var encoded: String {
        let lines = entries.flatMap { entry in
            [
                "\(entry.isRetired ? "retired" : "metric") \(entry.identifier) \(entry.name) version \(entry.version) "
                    + "sha256 \(hexadecimal(entry.digest))"
            ] + (entry.choice.map { ["auto \(entry.identifier) \($0.encoded)"] } ?? [])
        }
        return ([Self.header, "project \(project)"] + lines).map { $0 + "\n" }.joined()
    }

    /// Reads what ``encoded`` wrote.
    ///
    /// - Throws: ``RegistryError/refused(_:)`` with every line that is not canonical.
    public init(decoding bytes: [UInt8], file: String) throws(RegistryError) {
        let source = try SourceText(bytes, file: file)
        var findings = DiagnosticList(file: file)
        // A version control system may have changed the line ends.
        var lines = source.text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
        if lines.last == "" {
            lines.removeLast()
        } else {
            findings.lockError(line: lines.count, "the last line does not end")
        }
        let project = Self.readHead(lines, &findings)
        var entries: [Entry] = [], names: Set<String> = []
        for (index, line) in lines.enumerated().dropFirst(2) {
            if let last = entries.indices.last, !entries[last].isRetired, entries[last].choice == nil,
                let choice = LockedChoice(line: line, identifier: entries[last].identifier)
            {
                entries[last].choice = choice
                continue
            }
            guard let entry = Entry(line: line) else {
                findings.lockError(line: index + 1, "this is no line of a lock")
                continue
            }
            if let last = entries.last, last.identifier >= entry.identifier {
                findings.lockError(line: index + 1, "id \(entry.identifier) does not come after \(last.identifier)")
            }
            if !names.insert(entry.name).inserted {
                findings.lockError(line: index + 1, "'\(entry.name)' is there twice")
            }
            entries.append(entry)
        }
        guard let project, findings.errorCount == 0 else { throw .refused(findings.sorted) }
        self.init(project: project, entries: entries)
    }

    private static func readHead(_ lines: [String], _ findings: inout DiagnosticList) -> String? {
        guard lines.first == header else {
            findings.lockError(line: 1, "this is not the lock of a registry, or not of this version")
            return nil
        }
        let key = "project "
        guard lines.count >= 2, lines[1].hasPrefix(key) else {
            findings.lockError(line: 2, "the second line does not name the project")
            return nil
        }
        return String(lines[1].dropFirst(key.count))
    }
}

extension MetricLock.Entry {
    /// Reads one canonical line.
    fileprivate init?(line: String) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 7, words[0] == "metric" || words[0] == "retired",
            words[3] == "version", words[5] == "sha256", let identifier = Self.number(words[1]),
            let version = Self.number(words[4]), MetricDefinition.isWellFormed(name: words[2]),
            let digest = Self.digest(words[6])
        else { return nil }
        self.init(
            identifier: identifier, name: words[2], version: version, digest: digest,
            isRetired: words[0] == "retired")
    }

    private static func number(_ text: String) -> UInt32? {
        guard let value = try? DecimalText.integer(text), (1...0x7FFF_FFFF).contains(value) else { return nil }
        return UInt32(value)
    }

    private static func digest(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map { byte -> UInt8? in
            switch byte {
            case 48...57: byte - 48
            case 97...102: byte - 87
            default: nil
            }
        }
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}

extension LockedChoice {
    /// The mechanism, and its parameters in alphabetical order.
    var encoded: String {
        ([mechanism] + parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
    }

    /// Reads one canonical line about the metric of this identity.
    fileprivate init?(line: String, identifier: UInt32) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count >= 3, words[0] == "auto", words[1] == String(identifier),
            MetricDefinition.isWellFormed(name: words[2])
        else { return nil }
        var parameters: [String: Int] = [:]
        for word in words.dropFirst(3) {
            let parts = word.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, MetricDefinition.isWellFormed(name: parts[0]),
                let value = try? DecimalText.integer(parts[1]), parameters.updateValue(value, forKey: parts[0]) == nil
            else { return nil }
        }
        self.init(mechanism: words[2], parameters: parameters)
        guard line == "auto \(identifier) \(encoded)" else { return nil }
    }
}

extension DiagnosticList {
    fileprivate mutating func lockError(line: Int, _ message: String) {
        error(
            SourcePosition(line: max(1, line), column: 1), message,
            "Restore the file from version control; after a merge conflict keep the lines of both sides, by id.")
    }
}
