package import Logging
internal import Synchronization

/// Asks the store whether it takes reports, and says in the log once why it does not, and when it does again.
///
/// The collector asks by itself and when an operator does, and never because a batch came: the time of a line would be its.
package final class StoreWatch: Sendable {
    private let store: any ReportStore
    private let logger: Logger
    private let trouble = Mutex<StoreError?>(nil)

    package init(_ store: any ReportStore, logger: Logger) { (self.store, self.logger) = (store, logger) }

    /// Why nothing could be stored now; `nil` if it could.
    package func ask() async -> StoreError? {
        var found: StoreError?
        do throws(StoreError) { try await store.checkWritable() } catch { found = error }
        let before = trouble.withLock { trouble in
            defer { trouble = found }
            return trouble
        }
        guard found != before else { return found }
        if let found {
            logger.warning("nothing is stored: \(found)")
        } else {
            logger.notice("reports are stored again")
        }
        return found
    }
}
