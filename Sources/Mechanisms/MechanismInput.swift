public import SecureRandomness

/// What a metric's domain makes of one period: a value of the domain, or that nothing happened.
public enum MechanismInput: Hashable, Sendable {
    /// The item with this index in the declared domain.
    case item(Int)
    /// A text, as bytes of UTF-8.
    case text([UInt8])
    /// A number by its place in the declared range, from 0 at the lower end to ``InputDomain/rangeEnd`` at the upper.
    case place(UInt64)
    /// Two values of one event, neither of them "no event" and neither a pair.
    indirect case pair(MechanismInput, MechanismInput)
    /// No event, in a metric that reports so.
    case absent
}

/// What kind of values a mechanism randomizes.
public enum InputDomain: Hashable, Sendable {
    /// So many declared values.
    case items(Int)
    /// Texts of up to ``textByteLimit`` bytes, of which no list is declared.
    case text
    /// Numbers of a declared range.
    case range
    /// Two values together.
    indirect case pair(InputDomain, InputDomain)

    /// The longest text, in bytes of UTF-8.
    public static let textByteLimit = 254

    /// The place of the upper end of a range: places are in units of 2⁻³² of the range.
    public static let rangeEnd: UInt64 = 1 << 32
}

/// What a device brings to a report besides the value.
public struct DeviceContext: Sendable {
    /// The device's permanent noise for the metric; a memoized metric cannot report without.
    public let permanentNoise: PermanentNoise?

    /// A device with this permanent noise.
    public init(permanentNoise: PermanentNoise?) { self.permanentNoise = permanentNoise }
}

/// Why a recorded value is no input of a mechanism. Never holds the value.
public enum InputError: Error, Hashable, Sendable {
    /// The item is not in the mechanism's domain.
    case outOfDomain
    /// The metric has no way to report that nothing happened.
    case absenceNotReported
    /// A memoized metric was given no permanent noise.
    case permanentNoiseMissing
    /// The permanent noise could not be computed.
    case noRandomness(RandomnessError)
}

extension MechanismConfiguration {
    /// The index of an input among the items, "no event" being the last where it is reported.
    ///
    /// - Throws: ``InputError/outOfDomain``, ``InputError/absenceNotReported``.
    func item(of input: MechanismInput, among itemCount: Int) throws(InputError) -> Int {
        switch input {
        case .item(let index):
            guard (0..<itemCount - (reportsAbsence ? 1 : 0)).contains(index) else { throw .outOfDomain }
            return index
        case .absent:
            guard reportsAbsence else { throw .absenceNotReported }
            return itemCount - 1
        case .text, .place, .pair: throw .outOfDomain
        }
    }
}
