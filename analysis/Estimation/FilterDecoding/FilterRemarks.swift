/// What noisy Bloom filters say beside the frequencies of the candidates.
public struct FilterRemarks: Hashable, Sendable {
    /// The share of the reports whose text is no candidate; not clipped.
    public let unknownShare: Double
    /// The smallest share that is detected with a probability of 80 %.
    public let smallestDetectableShare: Double
    /// Whether the reports are too few to say anything; nothing is detected then.
    public let isInsufficient: Bool
    /// Whether the counts are further from what candidates explain than noise is: see ``FilterDecoding/isMisfit``.
    public let isMisfit: Bool
    /// Groups of candidates that the bits cannot tell apart.
    public let indistinguishable: [[Int]]

    init(_ decoding: FilterDecoding) {
        (unknownShare, isMisfit) = (decoding.unknownShare, decoding.isMisfit)
        smallestDetectableShare = decoding.smallestDetectableShare
        (isInsufficient, indistinguishable) = (decoding.isInsufficient, decoding.indistinguishable)
    }
}
