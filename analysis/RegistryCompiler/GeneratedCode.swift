public import MetricDefinitions

/// Source code with which a host program cannot misspell a metric or a category. Equal sets give equal code.
public enum GeneratedCode {
    /// A language of host programs.
    public enum Language: String, CaseIterable, Sendable {
        /// An enumeration as a namespace, with a function for each metric.
        case swift
        /// A header over `dither.h`, with a function for each metric; also for C++.
        case c
    }

    /// Why no code was made.
    public enum Failure: Error, Hashable, Sendable {
        /// The prefix is no identifier, or one that is taken.
        case unfitPrefix(String)
        /// The project's name gives no prefix.
        case noPrefix
        /// The set cannot be encoded.
        case set(MetricSetError)
    }

    /// The code for a set.
    ///
    /// - Parameter prefix: the namespace in Swift, `FlightsMetrics` if it is missing and the project is `flights`; what all
    ///   names of a header begin with, `flights` in that case.
    /// - Throws: ``Failure``.
    public static func text(
        of set: MetricSet, in language: Language, prefix: String? = nil
    ) throws(Failure) -> String {
        let bytes: [UInt8]
        do { bytes = try set.encoded() } catch { throw .set(error) }
        switch language {
        case .swift:
            let name = try checked(prefix, or: IdentifierWords.upperCamel(set.project), "Metrics")
            return SwiftConstants(set, bytes: bytes, namespace: name).text
        case .c:
            let words = IdentifierWords.words(of: set.project).joined(separator: "_").lowercased()
            let own = try checked(prefix, or: words.first?.isNumber == true ? "" : words, "")
            // Names that begin so are those of dither.h itself.
            guard !own.lowercased().hasPrefix("dither"), !own.hasPrefix("_") else { throw .unfitPrefix(own) }
            return CHeader(set, bytes: bytes, prefix: own).text
        }
    }

    private static func checked(
        _ prefix: String?, or words: String, _ ending: String
    ) throws(Failure) -> String {
        guard let prefix else {
            guard !words.isEmpty else { throw .noPrefix }
            return words + ending
        }
        guard IdentifierWords.isIdentifier(prefix), !SwiftConstants.keywords.contains(prefix) else {
            throw .unfitPrefix(prefix)
        }
        return prefix
    }

    /// Writes code to a file, if it is not there yet word for word: what has not changed need not be compiled again.
    ///
    /// - Throws: ``RegistryError/unwritable(path:errno:)``.
    public static func write(_ text: String, to path: String) throws(RegistryError) {
        let bytes = Array(text.utf8)
        if let old = try? InputFile.read(path, limit: bytes.count), old == bytes { return }
        try AtomicFile.write(bytes, to: path)
    }
}
