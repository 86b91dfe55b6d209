internal import ReportFormat
package import SecureRandomness

/// What the bearer of a token may do.
package enum AccessRole: String, Hashable, Sendable, CaseIterable {
    /// Send batches.
    case ingest
    /// Read metrics and status.
    case read
    /// Read, and make the collector reread its files or seal its days.
    case operate
}

/// What a collector knows of a token: whose it is and what it hashes to, and not the token.
package struct AccessToken: Hashable, Sendable {
    /// The longest name, in letters.
    package static let nameLimit = 64
    /// The highest quota, in reports a day.
    package static let quotaLimit = 1_000_000_000_000

    package let role: AccessRole
    /// Small letters, digits, `-`, `_` and `.`: a fleet's name, never a device's.
    package let name: String
    /// How many reports a UTC day are stored under it; 0 for no limit.
    package let dailyQuota: Int
    /// The SHA-256 of the token; `nil` once it is revoked.
    package internal(set) var digest: [UInt8]?

    /// - Returns: `nil` for a name or a quota that is none.
    package init?(role: AccessRole, name: String, dailyQuota: Int, digest: [UInt8]?) {
        guard Self.isName(name), (0...Self.quotaLimit).contains(dailyQuota), role == .ingest || dailyQuota == 0,
            digest?.count ?? 32 == 32
        else { return nil }
        (self.role, self.name, self.dailyQuota, self.digest) = (role, name, dailyQuota, digest)
    }

    /// Whether a text can be a token's name.
    package static func isName(_ text: String) -> Bool {
        (1...nameLimit).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || [45, 46, 95].contains($0)
            }
    }
}

/// The words that a bearer shows.
package struct TokenSecret: Sendable, CustomStringConvertible, CustomReflectable {
    /// Tells people, and programs that look for leaked secrets, what they have found.
    private static let prefix = "dither_"

    /// What is handed out, once.
    package let text: String

    /// A new token of 256 random bits.
    ///
    /// - Throws: ``RandomnessError``.
    package init() throws(RandomnessError) {
        text = Self.prefix + hexadecimal(try SystemEntropy.bytes(count: 32))
    }

    /// What a client shows.
    package init(_ text: String) { self.text = text }

    /// Its SHA-256.
    ///
    /// - Throws: ``RandomnessError``.
    package var digest: [UInt8] { get throws(RandomnessError) { try SHA256.digest(Array(text.utf8)) } }

    package var description: String { "TokenSecret(redacted)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
