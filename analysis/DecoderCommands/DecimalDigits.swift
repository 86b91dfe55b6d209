internal import Foundation

/// A finite number with so many digits after the point, rounded to nearest, ties to even, as `printf` does.
///
/// A million rows have millions of numbers, and a variadic call takes a microsecond; integers take a tenth of it.
func decimalDigits(_ value: Double, digits: Int) -> String {
    guard let scaled = exactlyScaled(value.magnitude, digits: digits) else {
        return printed(value, "%.*f", digits: digits)
    }
    // 17 digits, those behind the point padded with zeros, a point and a sign.
    return String(unsafeUninitializedCapacity: 40) { buffer in
        var (rest, position, written) = (scaled, buffer.count, 0)
        func put(_ byte: UInt8) {
            position -= 1
            buffer[position] = byte
        }
        repeat {
            put(0x30 + UInt8(rest % 10))
            rest /= 10
            written += 1
            if written == digits { put(0x2E) }
        } while rest > 0 || written <= digits
        if value.sign == .minus { put(0x2D) }
        for index in position..<buffer.count { buffer[index - position] = buffer[index] }
        return buffer.count - position
    }
}

/// A number by one of the C library's formats with a precision, such as `%.*e`.
func printed(_ value: Double, _ format: String, digits: Int) -> String {
    withVaList([Int32(clamping: digits), value]) { arguments in
        // The greatest number has 309 digits before the point.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
            // Safe because a buffer of more than no bytes has an address.
            vsnprintf(buffer.baseAddress!, buffer.count, format, arguments)
            return String(cString: buffer.baseAddress!)
        }
    }
}

/// A number times ten to `digits`, rounded to nearest, ties to even; `nil` where a `Double` does not hold the product to
/// less than a unit.
private func exactlyScaled(_ magnitude: Double, digits: Int) -> UInt64? {
    // Powers of ten up to this one are exact.
    guard (0...15).contains(digits) else { return nil }
    let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    let product = magnitude * scale
    guard product < 0x1p52 else { return nil }
    // The product is off by exactly this, which decides on which side of a half it lies.
    let error = (-product).addingProduct(magnitude, scale)
    let floor = product.rounded(.down)
    let excess = product - floor - 0.5 + error
    let isOdd = UInt64(floor) & 1 == 1
    return UInt64(floor) + (excess > 0 || excess == 0 && isOdd ? 1 : 0)
}
