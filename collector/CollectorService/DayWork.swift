package import ReportFormat

/// The work of a new day: delete what is past its retention, seal the days that are over, forget old batch identifiers,
/// empty the write-ahead log. Knows how far the day's work has come, so that what is done is not repeated for the sake of
/// what is not.
package struct DayWork: Sendable {
    /// What a turn found to do.
    package enum Outcome: Hashable, Sendable {
        case nothingToDo
        case done
        /// A reader keeps the log from being emptied; all else is done.
        case readerHoldsLog
    }

    /// A log that could not be emptied is tried again after this many turns, one a minute.
    package static let turnsBetweenTruncations = 10

    private var lastDay: UTCDay?
    /// How many turns to wait before the log is emptied; `nil` when it was, for the day.
    private var turnsUntilTruncation: Int?

    package init() {}

    /// Does what is due on a day. Doing it twice does no harm.
    ///
    /// Yesterday stays open, for the devices that report as soon as it is over.
    ///
    /// - Throws: ``StoreError``; the next turn tries again.
    package mutating func turn(
        on today: UTCDay, in store: any ReportStore, keeping policy: RetentionPolicy = .forever
    ) async throws(StoreError) -> Outcome {
        if lastDay.map({ $0 < today }) ?? true {
            try await store.deleteReports(beyond: policy, on: today)
            let damage = try await Self.sealAndForget(on: today, in: store)
            (lastDay, turnsUntilTruncation) = (today, 0)
            if let damage { throw damage }
        }
        guard let turns = turnsUntilTruncation else { return .nothingToDo }
        guard turns == 0 else {
            turnsUntilTruncation = turns - 1
            return .nothingToDo
        }
        let isEmpty = try await store.truncateLog()
        turnsUntilTruncation = isEmpty ? nil : Self.turnsBetweenTruncations - 1
        return isEmpty ? .done : .readerHoldsLog
    }

    /// - Returns: why a group could not be sealed, whose reports are damaged: the others are sealed all the same, and it is
    ///   tried again on the next day.
    private static func sealAndForget(
        on today: UTCDay, in store: any ReportStore
    ) async throws(StoreError) -> StoreError? {
        var damage: StoreError?
        for group in try await store.stagedGroups(before: today.advanced(by: -1)) {
            do throws(StoreError) {
                while try await store.sealChunk(of: group) {}
            } catch {
                guard case .unsealable = error else { throw error }
                damage = error
            }
        }
        for slice in UInt8.min...UInt8.max { try await store.forgetBatches(slice: slice, on: today) }
        return damage
    }
}
