extension MetricSet {
    /// Reads a compiled set from pairs of hexadecimal digits, as `dither registry generate swift` puts it into a program.
    ///
    /// - Throws: ``MetricSetError``; what is no pair of digits is ``MetricSetError/notCanonical``.
    public init(hexadecimal text: String) throws(MetricSetError) {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in text.utf8 {
            let value: UInt8
            switch digit {
            case 48...57: value = digit - 48
            case 97...102: value = digit - 87
            default: throw .notCanonical
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        guard high == nil else { throw .notCanonical }
        try self.init(decoding: bytes)
    }
}
