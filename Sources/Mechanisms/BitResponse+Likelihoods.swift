package import LocalPrivacy

/// Exact probabilities of whole vectors, for audits of a few bits.
extension BitResponse {
    /// Likelihoods of a single stage are integers over two to this power, those of both over its double.
    package var stageLikelihoodBitCount: Int { 64 * bitCount }

    /// Every vector; of at most twelve bits.
    package var allVectors: [[UInt64]] {
        precondition(bitCount <= 12, "only short vectors are listed")
        return (0..<UInt64(1) << UInt64(bitCount)).map { [$0] }
    }

    /// The probability of a permanent response to a value's bits.
    package func permanentLikelihood(of permanent: [UInt64], given bits: [UInt64]) -> WideUnsigned {
        product { index in
            let set = rule.permanentLikelihood(whereSet: Self.bit(index, of: bits))
            return Self.bit(index, of: permanent) ? set : BitRule.wordCount - set
        }
    }

    /// The probability of a report about a permanent response.
    package func instantaneousLikelihood(of report: [UInt64], given permanent: [UInt64]) -> WideUnsigned {
        product { index in
            let set = WideUnsigned(Self.bit(index, of: permanent) ? rule.set : rule.clear)
            return Self.bit(index, of: report) ? set : BitRule.wordCount - set
        }
    }

    /// The probability of a report about a value's bits, over both stages.
    package func likelihood(of report: [UInt64], given bits: [UInt64]) -> WideUnsigned {
        let whole = BitRule.wordCount * BitRule.wordCount
        return product { index in
            let set = rule.reportLikelihood(whereSet: Self.bit(index, of: bits))
            return Self.bit(index, of: report) ? set : whole - set
        }
    }

    private func product(_ factor: (Int) -> WideUnsigned) -> WideUnsigned {
        (0..<bitCount).reduce(WideUnsigned(1)) { $0 * factor($1) }
    }

    private static func bit(_ index: Int, of words: [UInt64]) -> Bool {
        words[index / 64] >> UInt64(index % 64) & 1 == 1
    }
}
