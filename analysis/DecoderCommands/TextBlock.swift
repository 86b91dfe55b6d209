/// A text that is handed on in blocks, however long it is as a whole.
struct TextBlock {
    private static let byteCount = 1 << 16

    private var text = ""

    mutating func append<Failure: Error>(
        _ part: String, _ sink: (String) throws(Failure) -> Void
    ) throws(Failure) {
        text += part
        if text.utf8.count >= Self.byteCount { try finish(sink) }
    }

    /// Hands on what is left.
    mutating func finish<Failure: Error>(_ sink: (String) throws(Failure) -> Void) throws(Failure) {
        try sink(text)
        text = ""
    }
}
