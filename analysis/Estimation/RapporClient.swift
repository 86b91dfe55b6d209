/// A client of google/rappor. They disagree on how f is rounded, and on which bits a value sets.
public enum RapporClient: String, CaseIterable, Sendable {
    case python, cpp, java

    /// The probability with which a bit is replaced when f is asked for: each client compares seven bits of a digest with
    /// f · 128, rounded in its own way.
    public func realisedNoise(_ noise: Double) -> Double {
        let scaled = noise * 128
        switch self {
        case .python: return scaled.rounded(.up) / 128
        case .cpp: return Double((Float(noise) * 128).rounded(.towardZero)) / 128
        case .java: return (scaled + 0.5).rounded(.down) / 128
        }
    }
}
