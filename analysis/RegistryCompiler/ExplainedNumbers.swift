internal import Foundation
internal import LocalPrivacy

/// Thousandths with three decimals.
func decimal3(_ thousandths: Int) -> String {
    let fraction = String(1000 + thousandths % 1000).dropFirst()
    return "\(thousandths / 1000).\(fraction)"
}

/// Billionths with nine decimals.
func decimal9(_ billionths: Int) -> String {
    let fraction = String(1_000_000_000 + billionths % 1_000_000_000).dropFirst()
    return "\(billionths / 1_000_000_000).\(fraction)"
}

/// A count and its noun, with an s unless the count is one.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// A probability with six decimals.
func probability(_ value: Double) -> String { String(format: "%.6f", value) }

extension PrivacyLoss {
    /// The most that someone who held a value 50:50 can believe in it after an event of this loss, in percent with one
    /// decimal, rounded up: e^ε / (1 + e^ε).
    var posteriorPercent: String {
        let nats = Double(nanonats) / 1e9
        let posterior = 1 / (1 + exp(-nats))
        return String(format: "%.1f", min(100, (posterior.nextUp * 1000).rounded(.up) / 10))
    }

    /// By what factor the odds can move at most, with two decimals, rounded up.
    var oddsFactor: String {
        let factor = exp(Double(nanonats) / 1e9).nextUp
        return factor < 1e6
            ? String(format: "%.2f", (factor * 100).rounded(.up) / 100) : String(format: "%.0f", factor.rounded(.up))
    }
}
