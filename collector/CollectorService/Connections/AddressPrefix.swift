internal import Glibc
package import NIOCore

/// Whom a connection is counted under: an IPv4 address, or the first 64 bits of an IPv6 one, which one subscriber has to
/// himself. It stays in memory, for as long as a connection or a minute lasts, and is written nowhere.
package struct AddressPrefix: Hashable, Sendable {
    private let isIPv4: Bool
    private let bits: UInt64

    /// The prefix of a peer; `nil` for one without an address, at a Unix socket.
    package init?(_ address: SocketAddress?) {
        switch address {
        case .v4(let address)?: (isIPv4, bits) = (true, UInt64(address.address.sin_addr.s_addr))
        case .v6(let address)?:
            let bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
            // A socket of both families shows IPv4 addresses as ::ffff:a.b.c.d.
            let isMapped = bytes.starts(with: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF])
            let part = isMapped ? bytes[12...] : bytes[..<8]
            (isIPv4, bits) = (isMapped, part.reversed().reduce(0) { $0 << 8 | UInt64($1) })
        case .unixDomainSocket?, nil: return nil
        }
    }
}
