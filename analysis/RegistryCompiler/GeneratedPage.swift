/// A page that a registry determines to the last byte, so that a copy of it is either the same or stale.
public struct GeneratedPage: Sendable {
    /// The page.
    public let text: String

    /// A page of this text.
    public init(_ text: String) { self.text = text }

    /// The number of the first line in which a page differs from this one, counted from 1; `nil` if none does.
    public func firstDifference(from page: some Sequence<UInt8>) -> Int? {
        let (own, other) = (Array(text.utf8), Array(page))
        guard own != other else { return nil }
        let same = zip(own, other).prefix { $0 == $1 }
        return 1 + same.count { $0.0 == UInt8(ascii: "\n") }
    }

    /// The same of a page in a file.
    ///
    /// - Throws: ``RegistryError``.
    public func firstDifference(fromFileAt path: String) throws(RegistryError) -> Int? {
        firstDifference(from: try InputFile.read(path, limit: 16 << 20))
    }

    /// Writes the page to a file as a whole.
    ///
    /// - Throws: ``RegistryError``; the file is then as it was.
    public func write(to path: String) throws(RegistryError) { try AtomicFile.write(Array(text.utf8), to: path) }
}
