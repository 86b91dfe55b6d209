internal import CPlatform

/// Overwrites bytes in place, in a way that the optimiser must not remove: for a copy of a value, before it is freed.
///
/// The array has to be the only owner of its bytes; another one keeps them.
public func wipe(_ bytes: inout [UInt8]) { bytes.withUnsafeMutableBytes { dither_wipe($0.baseAddress, $0.count) } }

/// The same for the bytes from a place on.
public func wipe(_ bytes: inout [UInt8], from start: Int) {
    bytes.withUnsafeMutableBytes {
        let rest = UnsafeMutableRawBufferPointer(rebasing: $0[start...])
        dither_wipe(rest.baseAddress, rest.count)
    }
}
