package import NIOCore

/// Whom a connection is counted under: an IPv4 address, or the first 64 bits of an IPv6 one, which one subscriber has to
/// himself. It stays in memory, for as long as a connection or a minute lasts, and is written nowhere.
package struct AddressPrefix: Hashable, Sendable {
    private let isIPv4: Bool
    private let bits: UInt64

    /// The prefix of a peer; `nil` for one without an address, at a Unix socket.
    package init?(_ address: SocketAddress?) {
        guard let address else { return nil }
        // The system's own form: the address begins at byte 4 for IPv4, and at byte 8 for IPv6.
        let form = address.withSockAddr { pointer, byteCount in
            Array(UnsafeRawBufferPointer(start: pointer, count: byteCount))
        }
        switch address {
        case .v4:
            guard form.count >= 8 else { return nil }
            (isIPv4, bits) = (true, Self.number(form[4..<8]))
        case .v6:
            guard form.count >= 24 else { return nil }
            // A socket of both families shows IPv4 addresses as ::ffff:a.b.c.d.
            let isMapped = form[8...].starts(with: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF])
            (isIPv4, bits) = (isMapped, Self.number(isMapped ? form[20..<24] : form[8..<16]))
        case .unixDomainSocket: return nil
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
