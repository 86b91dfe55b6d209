import CollectorService
import HTTPTypes
import SecureRandomness
import Testing

@Suite("Access by tokens") struct AccessControlTests {
    /// A token of each role, and the words that show it.
    struct Keys {
        var tokens: [AccessToken] = []
        var secrets: [AccessRole: TokenSecret] = [:]

        init(_ roles: [AccessRole] = AccessRole.allCases) throws {
            for role in roles {
                let secret = try TokenSecret()
                let token = AccessToken(
                    role: role, name: role.rawValue, dailyQuota: 0, digest: try secret.digest)
                tokens.append(try #require(token))
                secrets[role] = secret
            }
        }

        func headers(_ role: AccessRole?) -> HTTPFields {
            role.flatMap { secrets[$0] }.map { [.authorization: "Bearer \($0.text)"] } ?? [:]
        }
    }

    private enum Outcome: Equatable { case granted, unauthorized, forbidden }

    private static func outcome(_ verdict: AccessControl.Verdict) -> Outcome {
        switch verdict {
        case .granted: .granted
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        }
    }

    @Test("Each role may do what it is for, and an operator may also read: the whole matrix")
    func matrix() throws {
        let keys = try Keys()
        let control = AccessControl(keys.tokens)
        let expected: [(AccessRole?, ingest: Outcome, read: Outcome, operate: Outcome)] = [
            (nil, .unauthorized, .unauthorized, .unauthorized),
            (.ingest, .granted, .forbidden, .forbidden),
            (.read, .forbidden, .granted, .forbidden),
            (.operate, .forbidden, .granted, .granted),
        ]
        for (role, ingest, read, operate) in expected {
            let headers = keys.headers(role)
            #expect(Self.outcome(control.mayIngest(headers)) == ingest, "\(String(describing: role))")
            for isLocal in [true, false] {
                #expect(Self.outcome(control.mayRead(headers, isLocal: isLocal)) == read, "\(String(describing: role))")
            }
            #expect(Self.outcome(control.mayOperate(headers)) == operate, "\(String(describing: role))")
        }
    }

    @Test("Without tokens anybody may send batches, this machine alone may read, and nobody may operate")
    func withoutTokens() throws {
        let control = AccessControl()
        #expect(control.mayIngest([:]) == .granted(nil))
        #expect(control.mayRead([:], isLocal: true) == .granted(nil))
        #expect(control.mayRead([:], isLocal: false) == .forbidden)
        #expect(control.mayOperate([:]) == .forbidden)
    }

    @Test("Tokens of one kind ask nothing of those who need another")
    func independence() throws {
        let readers = AccessControl(try Keys([.read]).tokens)
        #expect(readers.mayIngest([:]) == .granted(nil))
        #expect(readers.mayRead([:], isLocal: true) == .unauthorized)
        #expect(readers.mayOperate([:]) == .forbidden)
        let senders = AccessControl(try Keys([.ingest]).tokens)
        #expect(senders.mayRead([:], isLocal: true) == .granted(nil))
        #expect(senders.mayIngest([:]) == .unauthorized)
    }

    @Test("A revoked token is none, and the door that it opened stays shut")
    func revocation() throws {
        var list = TokenList()
        let keys = try Keys([.ingest])
        _ = list.add(keys.tokens[0])
        let revocations = [list.revoke("ingest"), list.revoke("ingest")]
        #expect(revocations == [true, false])
        let control = AccessControl(list.tokens)
        #expect(control.demandsIngestToken)
        #expect(control.mayIngest(keys.headers(.ingest)) == .unauthorized)
        #expect(control.mayIngest([:]) == .unauthorized)
    }

    @Test(
        "What is no bearer's header is no token",
        arguments: [
            "", "Bearer", "Bearer ", "Basic %", "%", "Bearer  % x", "Token %", "Bearer %,", "Bearer DITHER_",
        ])
    func malformedHeaders(_ pattern: String) throws {
        let keys = try Keys([.ingest])
        let secret = try #require(keys.secrets[.ingest])
        let control = AccessControl(keys.tokens)
        let field = pattern.split(separator: "%", omittingEmptySubsequences: false).joined(separator: secret.text)
        #expect(control.mayIngest([.authorization: field]) == .unauthorized)
        var twice = HTTPFields()
        for _ in 0..<2 { twice.append(HTTPField(name: .authorization, value: "Bearer \(secret.text)")) }
        #expect(control.mayIngest(twice) == .unauthorized)
        // The scheme is compared without regard to case.
        #expect(control.mayIngest([.authorization: "bEARER  \(secret.text)"]) == .granted(keys.tokens[0]))
    }

    @Test("A token has 256 random bits, differs from every other, and tells nothing when it is printed")
    func secrets() throws {
        let secrets = try (0..<50).map { _ in try TokenSecret() }
        #expect(Set(secrets.map(\.text)).count == 50)
        for secret in secrets {
            #expect(secret.text.hasPrefix("dither_") && secret.text.utf8.count == 7 + 64)
            #expect("\(secret)" == "TokenSecret(redacted)" && !String(reflecting: secret).contains(secret.text))
            var dumped = ""
            dump(secret, to: &dumped)
            #expect(!dumped.contains(secret.text))
        }
        #expect(try secrets[0].digest == SHA256.digest(Array(secrets[0].text.utf8)))
    }
}
