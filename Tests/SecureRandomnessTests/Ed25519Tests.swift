import SecureRandomness
import TestSupport
import Testing

@Suite("Ed25519")
struct Ed25519Tests {
    struct Vector: Decodable {
        var seed: String, publicKey: String, message: String, signature: String, isValid: Bool, why: String
    }

    private static func vectors() throws -> [Vector] { try Fixtures.json("vectors/ed25519.json") }

    @Test("has the keys and signatures of RFC 8032 and of an independent script")
    func signing() throws {
        let vectors = try Self.vectors().filter(\.isValid)
        try #require(vectors.count == 10)
        for vector in vectors {
            let seed = try #require(hexadecimalBytes(vector.seed).flatMap { SecretKey(copying: $0) })
            let key = Ed25519PrivateKey(seed: seed), message = try #require(hexadecimalBytes(vector.message))
            #expect(try key.publicKey().description == vector.publicKey)
            #expect(try key.signature(of: message) == hexadecimalBytes(vector.signature))
        }
    }

    @Test("verifies these, and refuses every other signature, also one of another form of the same scalar")
    func verifying() throws {
        let vectors = try Self.vectors()
        try #require(vectors.count(where: { !$0.isValid }) == 54)
        for vector in vectors {
            let key = try #require(Ed25519PublicKey(hexadecimal: vector.publicKey))
            let (message, signature) = (hexadecimalBytes(vector.message), hexadecimalBytes(vector.signature))
            let isValid = try key.verifies(try #require(signature), of: try #require(message))
            #expect(isValid == vector.isValid, "\(vector.why)")
        }
    }

    @Test("keys that are no point of the curve verify nothing, and are no error")
    func foreignPoints() throws {
        for byte in [UInt8(0), 2, 0xFF] {
            let key = try #require(Ed25519PublicKey(bytes: [UInt8](repeating: byte, count: 32)))
            #expect(try key.verifies([UInt8](repeating: 7, count: 64), of: [1]) == false)
        }
    }

    @Test("public keys are 64 hexadecimal digits of either case, and nothing else")
    func texts() throws {
        let text = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        let key = try #require(Ed25519PublicKey(hexadecimal: text))
        #expect(key.description == text && Ed25519PublicKey(hexadecimal: text.uppercased()) == key)
        #expect(Ed25519PublicKey(bytes: key.bytes) == key)
        for other in [
            "", String(text.dropLast()), text + "0", "g" + text.dropFirst(), "+" + text.dropFirst(), " " + text,
        ] {
            #expect(Ed25519PublicKey(hexadecimal: other) == nil)
        }
        #expect(Ed25519PublicKey(bytes: Array(key.bytes.dropLast())) == nil)
    }

    @Test("fresh keys differ, and say nothing of their seed")
    func freshKeys() throws {
        let (one, two) = (try Ed25519PrivateKey.random(), try Ed25519PrivateKey.random())
        #expect(try one.publicKey() != two.publicKey())
        let seed = one.withUnsafeSeed { Array($0) }
        #expect(seed.count == 32 && !"\(one)".contains("\(seed[0]), \(seed[1])"))
        #expect("\(one)".contains("redacted"))
    }
}
