package import HTTPTypes

/// Who may do what. Made from the tokens of a file, or from none.
package struct AccessControl: Sendable {
    /// What somebody is told who asks to be let in.
    package enum Verdict: Hashable, Sendable {
        /// Come in; under a token, if one was asked for.
        case granted(AccessToken?)
        /// A token is missing, or is none that is known.
        case unauthorized
        /// The token is known and not enough, or no token would be.
        case forbidden
    }

    private let tokens: [AccessToken]

    package init(_ tokens: [AccessToken] = []) { self.tokens = tokens }

    /// Reads the tokens of a file; there are none without.
    ///
    /// - Throws: ``CollectorError/tokensUnreadable(path:)``, ``CollectorError/tokensInvalid(path:_:)``,
    ///   ``CollectorError/tokensMissing(path:)`` for a file of no token, revoked or not: one that was cut off would open
    ///   the door.
    package init(tokensAt path: String?) throws(CollectorError) {
        let tokens = try path.map { (path) throws(CollectorError) in
            let tokens = try TokenFile(path).read().tokens
            guard !tokens.isEmpty else { throw .tokensMissing(path: path) }
            return tokens
        }
        self.init(tokens ?? [])
    }

    /// Whether batches are taken under a token only. It stays so when the last token was revoked: a door is not opened by
    /// taking keys away.
    package var demandsIngestToken: Bool { tokens.contains { $0.role == .ingest } }

    /// Whether metrics and status are read under a token only.
    package var demandsReadToken: Bool { tokens.contains { $0.role != .ingest } }

    /// Whether a request may send batches.
    package func mayIngest(_ headers: HTTPFields) -> Verdict {
        demandsIngestToken ? verdict(headers, on: [.ingest]) : .granted(nil)
    }

    /// Whether a request may read metrics and status.
    ///
    /// - Parameter isLocal: whether the listener is reached from this machine alone; without tokens, nobody else reads.
    package func mayRead(_ headers: HTTPFields, isLocal: Bool) -> Verdict {
        guard !demandsReadToken else { return verdict(headers, on: [.read, .operate]) }
        return isLocal ? .granted(nil) : .forbidden
    }

    /// Whether a request may make the collector do something.
    package func mayOperate(_ headers: HTTPFields) -> Verdict {
        tokens.contains { $0.role == .operate } ? verdict(headers, on: [.operate]) : .forbidden
    }

    private func verdict(_ headers: HTTPFields, on roles: Set<AccessRole>) -> Verdict {
        guard let token = bearer(of: headers) else { return .unauthorized }
        return roles.contains(token.role) ? .granted(token) : .forbidden
    }

    /// The token that a request shows, if it is one of ours.
    private func bearer(of headers: HTTPFields) -> AccessToken? {
        let fields = headers[values: .authorization]
        guard fields.count == 1, let field = fields.first, field.lowercased().hasPrefix("bearer ") else { return nil }
        let shown = field.dropFirst("bearer ".count).drop { $0 == " " }
        guard let digest = try? TokenSecret(String(shown)).digest else { return nil }
        var found: AccessToken?
        for token in tokens {
            // All are compared, and all their bytes: the time tells nothing of where they differ.
            guard let expected = token.digest else { continue }
            let difference = zip(expected, digest).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
            if difference == 0 { found = token }
        }
        return found
    }
}

extension AccessControl.Verdict {
    /// The token under which somebody comes in, if one was asked for.
    ///
    /// - Throws: ``ProblemDetails`` for whoever stays outside.
    package func token() throws(ProblemDetails) -> AccessToken? {
        switch self {
        case .granted(let token): return token
        case .unauthorized: throw ProblemDetails(.unauthorized, detail: "Send Authorization: Bearer and a token.")
        case .forbidden:
            throw ProblemDetails(
                .forbidden, detail: "This takes a token of another role, which the collector's operator makes."
            )
        }
    }
}
