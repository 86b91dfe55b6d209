internal import DecoderCommands
internal import ReportFormat
internal import SecureRandomness

/// What lets somebody in: a token that the command prints, and a cookie that its bearer is given for it.
///
/// The pages stand below a path that nobody can guess. Cookies do not tell ports apart: a browser would send this one to every
/// server on 127.0.0.1, also to another user's, were it not for a path alone.
struct AccessKeys: Sendable {
    /// How many random bytes a token, a cookie and a path have.
    private static let byteCount = 32
    /// Two dashboards of a user do not take each other's cookie away: each is for its own path.
    private static let cookieName = "dither_dashboard"

    /// What the printed URL holds.
    let token: String
    /// Below what path the pages are, with a slash at either end.
    let folder: String
    private let cookie: String
    private let tokenDigest, cookieDigest: [UInt8]

    /// Draws new ones.
    ///
    /// - Throws: ``RandomnessError``.
    init() throws(RandomnessError) {
        token = hexadecimal(try SystemEntropy.bytes(count: Self.byteCount))
        cookie = hexadecimal(try SystemEntropy.bytes(count: Self.byteCount))
        folder = "/" + hexadecimal(try SystemEntropy.bytes(count: Self.byteCount)) + "/"
        tokenDigest = try SHA256.digest(Array(token.utf8))
        cookieDigest = try SHA256.digest(Array(cookie.utf8))
    }

    /// What a browser is told to keep until it ends, and to send nowhere else.
    var setCookie: String { "\(Self.cookieName)=\(cookie); Path=\(folder); HttpOnly; SameSite=Strict" }

    /// Whether a token is the one that was printed.
    func isToken(_ text: some StringProtocol) -> Bool { Self.matches(text, tokenDigest) }

    /// Whether a request's cookies are one of ours at least.
    func isLetIn(cookies: [String]) -> Bool {
        var isLetIn = false
        for cookie in cookies.flatMap({ $0.split(separator: ";") }) {
            let parts = cookie.drop(while: { $0 == " " }).split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0] == Self.cookieName, Self.matches(parts[1], cookieDigest) else { continue }
            isLetIn = true
        }
        return isLetIn
    }

    /// Compares digests, and all their bytes: the time tells nothing of where they differ.
    private static func matches(_ text: some StringProtocol, _ digest: [UInt8]) -> Bool {
        guard let shown = try? SHA256.digest(Array(text.utf8)), shown.count == digest.count else { return false }
        return zip(digest, shown).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
