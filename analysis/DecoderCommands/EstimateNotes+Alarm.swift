internal import Estimation
internal import Foundation

extension EstimateNotes {
    /// What is strange about the reports of each group, and what to do; nothing where they look honest.
    func alarmSentences(groups: [EstimateGroup]) -> [String] {
        let alarms = groups.compactMap { group -> String? in
            guard let screen = group.estimates?.screen, screen.isAlarm, let test = screen.test else { return nil }
            let prefix = request.byPeriod ? "\(group.from): " : ""
            return prefix + "ALARM: not all of these reports are honest. " + Self.sentence(test)
                + " Where all devices follow the protocol this happens with a probability of at most "
                + String(format: "%.1g", screen.pValue) + ", whatever they hold."
        }
        guard !alarms.isEmpty else { return [] }
        let days = request.byPeriod ? "" : "Find the days with --by period and leave them out. "
        return alarms + [
            "Do not trust the figures of an alarm. \(days)See with --false-devices how far false ones move them, and have "
                + "the collector demand tokens."
        ]
    }

    private static func sentence(_ test: ScreenOutcome.Test) -> String {
        switch test {
        case .weights: "Their numbers of set bits are none that the noise makes."
        case .payloads: "Some payloads, or groups of them, are sent far too often for noise, or others far too rarely."
        case .pairs: "Far too many of them support the same values together."
        }
    }
}
