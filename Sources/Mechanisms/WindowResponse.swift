public import LocalPrivacy

/// The integers that mechanisms for numbers sample with: the answer to input cell i of g is one of the outputs i to
/// i + w − 1, its window, or less likely one of all g − 1 others.
///
/// There are g + w − 1 outputs, so every cell has a whole window. One word decides between window and rest, one picks the
/// place in the window and one that in the rest, both by multiply-high. Each output then has ⌊N/m⌋ or ⌈N/m⌉ preimages
/// among N = 2⁶⁴ words; the threshold pays for that bias. The derivation is in the article <doc:Piecewise>.
public struct WindowResponse: Hashable, Sendable {
    /// g, at least two.
    public let cellCount: Int
    /// w, at least one.
    public let width: Int
    /// T: a word below it makes an answer outside the window.
    public let outsideThreshold: UInt64

    /// The most cells, and the widest window: outputs then fit three bytes, and the bias of multiply-high is not felt.
    public static let largestCount = 65_537

    /// A response that leaves the window for `outsideThreshold` of the 2⁶⁴ words.
    ///
    /// - Throws: ``ParameterError`` for a number of cells or a window outside 2 or 1 to ``largestCount``, and unless every
    ///   output of the window is likelier than every other.
    public init(cellCount: Int, width: Int, outsideThreshold: UInt64) throws(ParameterError) {
        guard (2...Self.largestCount).contains(cellCount) else {
            throw .countOutOfRange(name: "cells", count: cellCount, allowed: 2...Self.largestCount)
        }
        guard (1...Self.largestCount).contains(width) else {
            throw .countOutOfRange(name: "window", count: width, allowed: 1...Self.largestCount)
        }
        let (inside, outside) = (Self.preimages(width), Self.preimages(cellCount - 1))
        let firstTooLarge = smallest(in: 1...UInt64.max) { threshold in
            Self.rest(threshold) * inside.least <= WideUnsigned(threshold) * outside.most
        }
        guard (1..<firstTooLarge).contains(outsideThreshold) else {
            throw .thresholdOutOfRange(threshold: outsideThreshold, allowed: 1...Swift.max(1, firstTooLarge - 1))
        }
        (self.cellCount, self.width, self.outsideThreshold) = (cellCount, width, outsideThreshold)
    }

    /// The least noise with which the worst likelihood ratio is at most e^ε: the smallest T with
    /// T·(⌈N/w⌉ + e^ε·⌊N/(g − 1)⌋) ≥ N·⌈N/w⌉, decided with a lower bound on e^ε.
    ///
    /// - Complexity: one ``Exponential`` and 64 multiplications.
    public static func smallestOutsideThreshold(cellCount: Int, width: Int, epsilon: Epsilon) -> UInt64 {
        precondition(cellCount >= 2 && width >= 1, "a window lies among two cells or more")
        let exponential = Exponential(of: UInt64(epsilon.thousandths), over: 1000).lower
        let inside = preimages(width).most << Exponential.fractionBitCount
        let sum = inside + exponential * preimages(cellCount - 1).least
        return smallest(in: 1...UInt64.max) { sum * WideUnsigned($0) >= inside << 64 }
    }

    /// How many outputs there are: g + w − 1.
    public var outputCount: Int { cellCount + width - 1 }

    /// The answer to a cell: no branch and no draw depends on the cell or on the noise.
    @inlinable
    public func respond(to cell: UInt64, sideWord: UInt64, insideWord: UInt64, outsideWord: UInt64) -> UInt64 {
        let (width, others) = (UInt64(width), UInt64(cellCount - 1))
        let inside = cell &+ insideWord.multipliedFullWidth(by: width).high
        let place = outsideWord.multipliedFullWidth(by: others).high
        // The others are those before the window and those after it.
        let isAfter: UInt64 = place >= cell ? 1 : 0
        let outside = place &+ (width & (0 &- isAfter))
        let isOutside: UInt64 = sideWord < outsideThreshold ? 1 : 0
        let mask = 0 &- isOutside
        return (outside & mask) | (inside & ~mask)
    }

    /// Whether an output lies in the window of a cell.
    public func isInside(_ output: Int, of cell: Int) -> Bool { (cell..<cell + width).contains(output) }

    /// The probability of an output, as a numerator over N².
    public func likelihood(of output: Int, given cell: Int) -> WideUnsigned {
        if isInside(output, of: cell) {
            return Self.rest(outsideThreshold) * Self.preimageCount(of: output - cell, among: width)
        }
        let place = output < cell ? output : output - width
        return WideUnsigned(outsideThreshold) * Self.preimageCount(of: place, among: cellCount - 1)
    }

    /// The loss that these integers realise: of the likeliest output of a window against the least likely of a rest.
    ///
    /// - Throws: ``ParameterError/lossTooLarge``.
    public func loss() throws(ParameterError) -> PrivacyLoss {
        let unlikely = WideUnsigned(outsideThreshold) * Self.preimages(cellCount - 1).least
        return try PrivacyLoss(of: Self.rest(outsideThreshold) * Self.preimages(width).most, over: unlikely)
    }

    private static let wordCount = WideUnsigned(1) << 64

    private static func rest(_ threshold: UInt64) -> WideUnsigned { wordCount - WideUnsigned(threshold) }

    /// ⌊N/m⌋ and ⌈N/m⌉.
    private static func preimages(_ count: Int) -> (least: WideUnsigned, most: WideUnsigned) {
        (wordCount / UInt64(count), (wordCount + WideUnsigned(UInt64(count) - 1)) / UInt64(count))
    }

    /// How many words r have ⌊r·m / N⌋ = place: those from ⌈place·N / m⌉ to before ⌈(place + 1)·N / m⌉.
    private static func preimageCount(of place: Int, among count: Int) -> WideUnsigned {
        func first(_ place: Int) -> WideUnsigned {
            (WideUnsigned(UInt64(place)) * wordCount + WideUnsigned(UInt64(count) - 1)) / UInt64(count)
        }
        return first(place + 1) - first(place)
    }
}
