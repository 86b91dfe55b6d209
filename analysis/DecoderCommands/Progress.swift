internal import Foundation

/// A line of progress on standard error, redrawn in place; silent unless that is a terminal.
public struct Progress: ~Copyable {
    private var label: String
    private let isVisible: Bool
    private var shownPercent = -1

    /// A line that starts with `label`.
    public init(_ label: String) { self.init(label, isVisible: StandardStreams.errorIsTerminal) }

    init(_ label: String, isVisible: Bool) { (self.label, self.isVisible) = (label, isVisible) }

    /// Shows how much is done; draws only when a whole percent has changed.
    public mutating func update(_ done: Int, of total: Int) {
        let percent = total > 0 ? Int(100 * Double(min(max(done, 0), total)) / Double(total)) : 0
        guard isVisible, percent != shownPercent else { return }
        shownPercent = percent
        draw("\r\(label) \(percent) %")
    }

    /// Goes on to another part of the work.
    mutating func begin(_ label: String) {
        finish()
        self.label = label
    }

    /// Removes the line.
    public mutating func finish() {
        guard isVisible, shownPercent >= 0 else { return }
        shownPercent = -1
        draw("\r\u{1B}[K")
    }

    private func draw(_ text: String) {
        // Progress that cannot be drawn is no reason to stop.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
