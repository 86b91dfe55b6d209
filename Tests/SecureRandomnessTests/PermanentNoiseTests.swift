import SecureRandomness
import TestSupport
import Testing

@Suite("Permanent noise")
struct PermanentNoiseTests {
    struct Vector: Decodable {
        var secret: String, metric: UInt32, definitionHash: String, value: String, words: [String]
        var cohort: UInt32, tag: String
    }

    @Test("has the words, cohorts and ledger tags that an independent script computes")
    func vectorsAgree() throws {
        let vectors = try Fixtures.json("vectors/permanent_noise.json", as: [Vector].self)
        try #require(vectors.count == 108)
        for vector in vectors {
            let secret = try #require(hexadecimalBytes(vector.secret).flatMap { SecretKey(copying: $0) })
            let definitionHash = try #require(hexadecimalBytes(vector.definitionHash))
            let value = try #require(hexadecimalBytes(vector.value))
            let noise = try PermanentNoise(secret: secret, metric: vector.metric, definitionHash: definitionHash)
            let words = vector.words.map { UInt64($0, radix: 16) }
            #expect(try [UInt64](noise.words(for: CanonicalValue(value), wordCount: words.count)) == words)
            #expect(try noise.tag(for: value) == UInt64(vector.tag, radix: 16))
            for bitCount in 0...16 {
                let cohort = Int(vector.cohort & (1 << UInt32(bitCount) - 1))
                #expect(noise.cohort(among: 1 << bitCount) == cohort)
            }
        }
    }

    @Test("is the same on every call, and differs with secret, metric, definition and value alike")
    func everyInputMatters() throws {
        var seeded = SeededNoise(seed: 0x5eed_0011)
        let secret = seeded.secret(), other = seeded.secret()
        let (hash, otherHash) = (seeded.bytes(count: 32), seeded.bytes(count: 32))
        func words(_ secret: SecretKey, _ metric: UInt32, _ hash: [UInt8], _ value: [UInt8]) throws -> [UInt64] {
            let noise = try PermanentNoise(secret: secret, metric: metric, definitionHash: hash)
            return [UInt64](try noise.words(for: CanonicalValue(value), wordCount: 2))
        }
        let first = try words(secret, 1, hash, [1])
        #expect(try words(secret, 1, hash, [1]) == first)
        let others = [
            try words(other, 1, hash, [1]), try words(secret, 2, hash, [1]), try words(secret, 256, hash, [1]),
            try words(secret, 1, otherHash, [1]), try words(secret, 1, hash, [2]), try words(secret, 1, hash, [1, 0]),
            try words(secret, 1, hash, []), try words(secret, 1, hash, [0]),
        ]
        #expect(Set(others + [first]).count == 9)
    }

    @Test("keeps ledger tags apart from the noise and from each other's metrics")
    func tagsAreSeparate() throws {
        var seeded = SeededNoise(seed: 0x5eed_0012)
        let secret = seeded.secret(), hash = seeded.bytes(count: 32)
        let one = try PermanentNoise(secret: secret, metric: 1, definitionHash: hash)
        let two = try PermanentNoise(secret: secret, metric: 2, definitionHash: hash)
        let numbers = [try one.tag(for: [1]), try one.tag(for: [2]), try two.tag(for: [1])]
        #expect(Set(numbers + [UInt64](try one.words(for: CanonicalValue([1]), wordCount: 8))).count == 11)
    }
}

@Suite("Secret keys")
struct SecretKeyTests {
    @Test("are made of exactly 32 bytes", arguments: [0, 1, 16, 31, 33, 64])
    func otherLengthsAreRefused(byteCount: Int) {
        #expect(SecretKey(copying: [UInt8](repeating: 7, count: byteCount)) == nil)
    }

    @Test("show nothing in a description, an interpolation or a dump")
    func keysAreRedacted() throws {
        let key = try #require(SecretKey(copying: Array(UInt8(200)..<232)))
        var dumped = ""
        dump(key, to: &dumped)
        for text in [key.description, "\(key)", String(reflecting: key), dumped, "\([key])"] {
            #expect(text.contains("redacted"))
            #expect(!text.contains("200") && !text.lowercased().contains("c8"))
        }
    }

    @Test("drawn at random differ, and lend the bytes they were made of")
    func randomKeysDiffer() throws {
        let (first, second) = (try SecretKey.random(), try SecretKey.random())
        #expect(first.withUnsafeBytes { Array($0) } != second.withUnsafeBytes { Array($0) })
        let bytes = Array(UInt8(0)..<32)
        #expect(try #require(SecretKey(copying: bytes)).withUnsafeBytes { Array($0) } == bytes)
    }
}

@Suite("Where keys are kept")
struct SecretMemoryTests {
    @Test("a key is zero in the child of a fork, and the parent's stays")
    func forkedChildHasNoKey() throws {
        let key = try #require(SecretKey(copying: Array(UInt8(100)..<132)))
        let seen = try Forked.words(count: 1) {
            [key.withUnsafeBytes { $0.reduce(into: UInt64(0)) { $0 += UInt64($1) } }]
        }
        #expect(seen == [0])
        #expect(key.withUnsafeBytes { $0.reduce(into: UInt64(0)) { $0 += UInt64($1) } } == (100..<132).reduce(0, +))
    }

    @Test("a released key leaves zeros, and its place serves the next")
    func placesAreWipedAndReused() throws {
        var places: Set<Int> = []
        for _ in 0..<5000 {
            let key = try SecretKey.random()
            key.withUnsafeBytes { _ = places.insert(Int(bitPattern: $0.baseAddress)) }
        }
        // Other tests take places meanwhile; without reuse there would be 5,000.
        #expect(places.count < 2500)
    }
}
