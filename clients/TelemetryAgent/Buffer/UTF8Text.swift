/// Whether bytes are text, without making one.
enum UTF8Text {
    /// Whether the bytes are well-formed UTF-8 (Unicode 15, table 3-7): no overlong form, no surrogate, nothing cut off.
    static func isWellFormed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while index < bytes.count {
            let lead = bytes[index]
            index += 1
            if lead < 0x80 { continue }
            let (continuationCount, first): (Int, ClosedRange<UInt8>)
            switch lead {
            case 0xC2...0xDF: (continuationCount, first) = (1, 0x80...0xBF)
            case 0xE0: (continuationCount, first) = (2, 0xA0...0xBF)
            case 0xED: (continuationCount, first) = (2, 0x80...0x9F)
            case 0xE1...0xEF: (continuationCount, first) = (2, 0x80...0xBF)
            case 0xF0: (continuationCount, first) = (3, 0x90...0xBF)
            case 0xF1...0xF3: (continuationCount, first) = (3, 0x80...0xBF)
            case 0xF4: (continuationCount, first) = (3, 0x80...0x8F)
            default: return false
            }
            guard bytes.count - index >= continuationCount, first.contains(bytes[index]) else { return false }
            for offset in 1..<continuationCount where bytes[index + offset] & 0xC0 != 0x80 { return false }
            index += continuationCount
        }
        return true
    }
}
