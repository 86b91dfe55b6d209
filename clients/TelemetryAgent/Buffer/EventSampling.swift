/// Uniform words, and the rules by which one of many events is chosen with them, each event as likely as every other.
///
/// With words of 64 bits a probability is off by less than 2⁻⁶⁴ a draw. Tests take fewer, equally likely words, with
/// which small cases come out exactly.
struct EventSampling: Sendable {
    /// How many words there are: a draw is uniform in `0..<wordCount`.
    let wordCount: UInt128
    /// Draws a word; `nil` when the system gives none.
    let draw: @Sendable () -> UInt64?

    /// The first event after event `count` to take the place of the candidate, if each event n does with probability
    /// 1/n; `nil` without randomness.
    ///
    /// That no event up to m does has probability Π (1 − 1/n) over n = count + 1 … m, which is count/m. With U uniform in
    /// (0, 1], that is the probability of count/U ≥ m: the answer is ⌊count/U⌋ + 1.
    func nextAccepted(after count: UInt64) -> UInt64? {
        guard let word = draw() else { return nil }
        let quotient = UInt128(count) * wordCount / (UInt128(word) + 1)
        return UInt64(clamping: quotient + 1)
    }

    /// Whether the candidate of `part` of `total` events goes on for all of them: with probability part/total; `nil`
    /// without randomness.
    func keeps(_ part: UInt64, of total: UInt64) -> Bool? {
        guard let word = draw() else { return nil }
        return UInt128(word) * UInt128(total) / wordCount < UInt128(part)
    }
}
