/// The parameters of google/rappor, as its params.csv has them.
///
/// A report has k bits. Of a value, h hashes set bits in the filter of the client's cohort, one of m; each bit is replaced
/// by a fair coin with probability f, for good, and then reported set with probability q if it is set and p if not
/// [EPK14, §3].
public struct RapporParameters: Hashable, Sendable {
    /// A parameter by the letter of its column.
    public enum Letter: String, CaseIterable, Sendable {
        case k, h, m, p, q, f
    }

    /// What is wrong with parameters.
    public enum Fault: Error, Hashable, Sendable {
        /// A count is not within these bounds.
        case countOutOfRange(Letter, ClosedRange<Int>)
        /// A probability is not within 0...1.
        case probabilityOutOfRange(Letter)
        /// The product of m and another count is above a limit.
        case productTooLarge(Letter, limit: Int)
        /// (1 − f)(q − p) = 0: reports do not depend on values.
        case informationIsLost
    }

    /// k: the bits of a report, in `1...4096`. Of one bit, the value is a truth value and is not hashed.
    public let bitCount: Int
    /// h: how many hashes a value has, in `1...256`.
    public let hashCount: Int
    /// m: how many cohorts there are, in `1...65536`; no power of two is needed.
    public let cohortCount: Int
    /// p: the probability that a bit is reported set which is clear in the permanent response.
    public let clearResponse: Double
    /// q: the probability that a bit is reported set which is set in the permanent response; may be less than p.
    public let setResponse: Double
    /// f: the probability that the permanent response replaces a bit by a fair coin.
    public let permanentNoise: Double

    /// The most bits of all cohorts together.
    public static let rowLimit = 1 << 24
    /// The most hashes of a value in all cohorts together.
    public static let cellLimit = 1 << 16

    /// Parameters of these values.
    ///
    /// - Throws: ``Fault``.
    public init(
        bitCount: Int, hashCount: Int, cohortCount: Int, clearResponse: Double, setResponse: Double,
        permanentNoise: Double
    ) throws(Fault) {
        (self.bitCount, self.hashCount, self.cohortCount) = (bitCount, hashCount, cohortCount)
        (self.clearResponse, self.setResponse, self.permanentNoise) = (clearResponse, setResponse, permanentNoise)
        for (letter, count, range) in [
            (Letter.k, bitCount, 1...4096), (.h, hashCount, 1...256), (.m, cohortCount, 1...1 << 16),
        ] {
            guard range.contains(count) else { throw .countOutOfRange(letter, range) }
        }
        guard bitCount * cohortCount <= Self.rowLimit else { throw .productTooLarge(.k, limit: Self.rowLimit) }
        guard hashCount * cohortCount <= Self.cellLimit else { throw .productTooLarge(.h, limit: Self.cellLimit) }
        for (letter, probability) in [(Letter.p, clearResponse), (.q, setResponse), (.f, permanentNoise)] {
            guard (0...1).contains(probability) else { throw .probabilityOutOfRange(letter) }
        }
        // The reference's own bound of what it calls zero.
        guard abs((1 - permanentNoise) * (setResponse - clearResponse)) > 1.5e-8 else { throw .informationIsLost }
    }

    /// p*: the probability that a bit is reported set which the value leaves clear.
    public var clear: Double {
        clearResponse * (1 - permanentNoise / 2) + setResponse * permanentNoise / 2
    }

    /// q*: the probability that a bit is reported set which the value sets.
    public var set: Double {
        setResponse * (1 - permanentNoise / 2) + clearResponse * permanentNoise / 2
    }

    /// The same with the noise that a client makes of f.
    ///
    /// - Throws: ``Fault/informationIsLost`` where it rounds f up to 1.
    public func realised(by client: RapporClient) throws(Fault) -> RapporParameters {
        try RapporParameters(
            bitCount: bitCount, hashCount: hashCount, cohortCount: cohortCount, clearResponse: clearResponse,
            setResponse: setResponse, permanentNoise: client.realisedNoise(permanentNoise))
    }
}
