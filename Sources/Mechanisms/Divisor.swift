/// Division by a public number in a time that is the same for every dividend, which a processor's division is not.
///
/// With R = ⌊(N − 1) / d⌋ and N = 2⁶⁴, ⌊x·R / N⌋ is ⌊x / d⌋ or one less, since R > N/d − 1 − 1/d and x < N: one
/// correction by a mask makes it exact.
struct Divisor: Hashable, Sendable {
    /// d.
    let value: UInt64
    private let reciprocal: UInt64

    /// Division by `value`, at least 1 and below 2⁶².
    init(_ value: UInt64) { (self.value, reciprocal) = (value, .max / value) }

    /// Quotient and remainder of any dividend.
    func divide(_ dividend: UInt64) -> (quotient: UInt64, remainder: UInt64) {
        let quotient = dividend.multipliedFullWidth(by: reciprocal).high
        let remainder = dividend &- quotient &* value
        let isShort = ~mask(remainder, isBelow: value)
        return (quotient &- isShort, remainder &- (value & isShort))
    }
}

/// All ones if `left` is below `right`, both below 2⁶³, else zero.
func mask(_ left: UInt64, isBelow right: UInt64) -> UInt64 { 0 &- ((left &- right) >> 63) }

/// All ones if `value`, below 2⁶³, is not zero, else zero.
func mask(isNotZero value: UInt64) -> UInt64 { mask(0, isBelow: value) }
