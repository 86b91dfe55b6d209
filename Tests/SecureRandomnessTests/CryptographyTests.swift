import SecureRandomness
import TestSupport
import Testing

@Suite("libcrypto's primitives")
struct CryptographyTests {
    @Test(
        "SHA-256 gives the digests of FIPS 180-4 and of NIST's examples",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ])
    func sha256(message: String, digest: String) throws {
        #expect(try SHA256.digest(Array(message.utf8)) == hexadecimalBytes(digest))
    }

    @Test(
        "MD5 gives the digests of RFC 1321, appendix A.5",
        arguments: [
            ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"), ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
            (
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
                "d174ab98d277d9f5a5611c2c9f419d9f"
            ),
            (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
        ])
    func md5(message: String, digest: String) throws {
        #expect(try MD5.digest(Array(message.utf8)) == hexadecimalBytes(digest))
    }

    struct HMACVector: Sendable {
        var key: [UInt8], message: [UInt8], tag: String

        init(_ key: [UInt8], _ message: String, _ tag: String) {
            (self.key, self.message, self.tag) = (key, Array(message.utf8), tag)
        }

        init(_ key: [UInt8], repeating byte: UInt8, count: Int, _ tag: String) {
            (self.key, self.message, self.tag) = (key, [UInt8](repeating: byte, count: count), tag)
        }
    }

    @Test(
        "HMAC-SHA256 gives the tags of RFC 4231",
        arguments: [
            HMACVector(
                [UInt8](repeating: 0x0b, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            HMACVector(
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            HMACVector(
                [UInt8](repeating: 0xaa, count: 20), repeating: 0xdd, count: 50,
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            HMACVector(
                Array(1...25), repeating: 0xcd, count: 50,
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
            HMACVector(
                [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
            HMACVector(
                [UInt8](repeating: 0xaa, count: 131),
                "This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
            // Not of the RFC: the empty key and message, by Python's hmac.
            HMACVector([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
        ])
    func hmac(vector: HMACVector) throws {
        #expect(
            try HMACSHA256.tag(publicKey: vector.key, message: vector.message) == hexadecimalBytes(vector.tag))
    }

    @Test("a key derived from a key is the HMAC of the message under it")
    func derivedKeyIsTheTag() throws {
        var noise = SeededNoise(seed: 0x5eed_0010)
        let key = noise.bytes(count: 32), message = noise.bytes(count: 300)
        let secret = try #require(SecretKey(copying: key))
        let derived = try secret.derive(message).withUnsafeBytes { Array($0) }
        #expect(try derived == HMACSHA256.tag(publicKey: key, message: message))
    }

    /// The keystream of a key under a zero nonce, in bytes.
    private static func keystream(key: [UInt8], wordCount: Int) throws -> [UInt8] {
        let secret = try #require(SecretKey(copying: key))
        let buffer = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: wordCount)
        defer { buffer.deallocate() }
        buffer.initialize(repeating: .max)
        try ChaCha20.writeKeystream(key: secret, into: buffer)
        return buffer.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    @Test("ChaCha20 gives the keystreams of RFC 8439, appendix A.1, with the block counter running on")
    func chacha20() throws {
        let zeroKey = try Self.keystream(key: [UInt8](repeating: 0, count: 32), wordCount: 16)
        #expect(
            hexadecimal(zeroKey)
                == "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
                + "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"
                + "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
                + "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f")
        let lastByteSet = try Self.keystream(key: [UInt8](repeating: 0, count: 31) + [1], wordCount: 16)
        #expect(
            hexadecimal(Array(lastByteSet[64...]))
                == "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"
                + "8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0")
        let secondByteSet = try Self.keystream(key: [0, 255] + [UInt8](repeating: 0, count: 30), wordCount: 24)
        #expect(
            hexadecimal(Array(secondByteSet[128...]))
                == "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca"
                + "13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096")
    }

    @Test("a keystream's beginning does not depend on how much of it is taken")
    func keystreamIsAPrefixOfLongerOnes() throws {
        let key = Array("a key of exactly thirty-two byte".utf8)
        let long = try Self.keystream(key: key, wordCount: 100)
        for wordCount in 1...33 {
            #expect(try Self.keystream(key: key, wordCount: wordCount) == Array(long.prefix(8 * wordCount)))
        }
    }

    @Test("ChaCha20 gives what a plain loop gives, of every length up to three KiB, one context after another")
    func keystreamIsThatOfAPlainLoop() throws {
        var noise = SeededNoise(seed: 0x5eed_0015)
        for wordCount in Array(1...20) + [127, 128, 129, 136, 137, 255, 256, 257, 384, 385, 392] {
            let key = noise.bytes(count: 32)
            let plain = (0..<(wordCount + 7) / 8).flatMap { PlainChaCha20.block(key: key, counter: UInt32($0)) }
            #expect(try Self.keystream(key: key, wordCount: wordCount) == Array(plain.prefix(8 * wordCount)))
        }
    }

    /// RFC 8439 §2.3, under a zero nonce.
    private enum PlainChaCha20 {
        static func block(key: [UInt8], counter: UInt32) -> [UInt8] {
            func word(_ index: Int) -> UInt32 {
                (0..<4).reduce(0) { $0 | UInt32(key[4 * index + $1]) << (8 * UInt32($1)) }
            }
            let start: [UInt32] =
                [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574] + (0..<8).map(word) + [counter, 0, 0, 0]
            var state = start
            func quarter(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
                func step(_ sum: Int, _ added: Int, _ mixed: Int, _ distance: UInt32) {
                    state[sum] &+= state[added]
                    let word = state[mixed] ^ state[sum]
                    state[mixed] = word << distance | word >> (32 - distance)
                }
                step(a, b, d, 16)
                step(c, d, b, 12)
                step(a, b, d, 8)
                step(c, d, b, 7)
            }
            for _ in 0..<10 {
                for column in 0..<4 { quarter(column, 4 + column, 8 + column, 12 + column) }
                for column in 0..<4 {
                    quarter(column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4)
                }
            }
            return zip(state, start).flatMap { end, begin in
                (0..<4).map { UInt8(truncatingIfNeeded: (end &+ begin) >> (8 * UInt32($0))) }
            }
        }
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
