internal import Glibc

/// A line of progress on standard error, redrawn in place; silent unless that is a terminal.
final class Progress {
    private let label: String
    private let isVisible = isatty(STDERR_FILENO) == 1
    private var shownPercent = -1

    init(_ label: String) { self.label = label }

    deinit { if shownPercent >= 0 { draw("\r\u{1B}[K") } }

    /// Shows how much is done; draws only when a whole percent has changed.
    func update(_ done: Int, of total: Int) {
        let percent = total > 0 ? Int(100 * Double(min(max(done, 0), total)) / Double(total)) : 0
        guard isVisible, percent != shownPercent else { return }
        shownPercent = percent
        draw("\r\(label) \(percent) %")
    }

    private func draw(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
