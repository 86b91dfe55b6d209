import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Signed metric sets")
struct SignedMetricSetTests {
    /// Verifies as one who trusts these keys and has accepted nothing.
    static func verify(
        _ bytes: [UInt8], trusting keys: [UInt8] = [1], afterSequence: UInt64 = 0, afterRotation: UInt64 = 0
    ) throws -> VerifiedMetricSet {
        try SignedMetricSet(decoding: bytes).verified(
            trusting: keys.map { try signingKey($0).publicKey() }, afterSequence: afterSequence,
            afterRotation: afterRotation)
    }

    /// A set as small as can be, so that every byte of the envelope can be tried.
    static func smallSet() throws -> MetricSet {
        try MetricSetCodingTests.terseSet(booleanMetric())
    }

    @Test("give back the set, its number, rotation and key to who trusts any key of the chain")
    func roundTrip() throws {
        let set = try testMetricSet()
        for (keys, trusted) in [([UInt8(1)], [UInt8(1)]), ([1, 2, 3], [1]), ([1, 2, 3], [2]), ([1, 2, 3], [9, 3])] {
            let bytes = try signedSet(set, sequence: 41, keys: keys).encoded
            #expect(try SignedMetricSet(decoding: bytes).encoded == bytes)
            let verified = try Self.verify(bytes, trusting: trusted, afterSequence: 40)
            #expect(try verified.set.encoded() == set.encoded())
            #expect(verified.sequence == 41 && verified.rotation == UInt64(keys.count - 1))
            #expect(try verified.key == signingKey(keys[keys.count - 1]).publicKey())
        }
    }

    @Test("have the documented layout and messages")
    func layout() throws {
        let set = try Self.smallSet(), content = try set.encoded()
        let (one, two) = (signingKey(1), signingKey(2))
        let keys = (try one.publicKey().bytes, try two.publicKey().bytes)
        let rotation = try one.signature(
            of: Array("dither/key/v1\0".utf8) + [1, 0, 0, 0, 0, 0, 0, 0] + keys.0 + keys.1)
        var expected = Array("DTSS\u{1}".utf8) + [0x05, 0x01, 0, 0, 0, 0, 0, 0]
        expected += keys.0 + [1, 0] + keys.1 + rotation
        expected += [UInt8(content.count & 0xFF), UInt8(content.count >> 8), 0, 0] + content
        expected += try two.signature(of: Array("dither/set/v1\0".utf8) + expected)
        #expect(try signedSet(set, sequence: 0x105, keys: [1, 2]).encoded == expected)
    }

    @Test("changed in any byte, or cut off anywhere, are refused")
    func everyMutationIsRefused() throws {
        let bytes = try signedSet(try Self.smallSet(), sequence: 7, keys: [1, 2]).encoded
        _ = try Self.verify(bytes)
        for mutant in Mutations.all(of: bytes) {
            // Whoever trusts both keys is the easiest to convince.
            #expect(throws: SignedMetricSetError.self) { try Self.verify(mutant, trusting: [1, 2]) }
            if let decoded = try? SignedMetricSet(decoding: mutant) { #expect(decoded.encoded == mutant) }
        }
        #expect(throws: SignedMetricSetError.format(.trailingBytes(offset: bytes.count))) {
            try Self.verify(bytes + [0])
        }
    }

    @Test("of a key that is not trusted are refused, whatever else they say")
    func foreignKeys() throws {
        let set = try testMetricSet()
        #expect(throws: SignedMetricSetError.untrustedKey) {
            try Self.verify(try signedSet(set, keys: [2]).encoded, trusting: [1])
        }
        #expect(throws: SignedMetricSetError.untrustedKey) {
            try Self.verify(try signedSet(set).encoded, trusting: [])
        }
    }

    @Test("cannot be signed by a key that the trusted one did not appoint")
    func forgedChain() throws {
        // Key 1 appoints 2; the forger writes 3 in its place.
        let right = try signedSet(try testMetricSet(), keys: [1, 2])
        let forged = try signedSet(try testMetricSet(), keys: [4, 3])
        var bytes = forged.encoded
        bytes.replaceSubrange(13..<45, with: try signingKey(1).publicKey().bytes)
        #expect(throws: SignedMetricSetError.wrongKeySignature(rotation: 1)) { try Self.verify(bytes) }
        // Nor does the signature over a set serve another set.
        var swapped = Array(right.encoded.dropLast(64))
        swapped += forged.signature
        #expect(throws: SignedMetricSetError.wrongSetSignature) { try Self.verify(swapped) }
    }

    @Test("of a number that is not above the accepted one are refused, and so is number 0")
    func sequences() throws {
        let set = try testMetricSet(), bytes = try signedSet(set, sequence: 5).encoded
        for accepted in [UInt64(5), 6, .max] {
            #expect(throws: SignedMetricSetError.notNewer(sequence: 5, accepted: accepted)) {
                try Self.verify(bytes, afterSequence: accepted)
            }
        }
        #expect(try Self.verify(bytes, afterSequence: 4).sequence == 5)
        for sequence in [UInt64(0), 1 << 63, .max] {
            #expect(throws: SignedMetricSetError.sequenceOutOfRange(sequence)) {
                try signedSet(set, sequence: sequence)
            }
        }
    }

    @Test("of an earlier key than the accepted one are refused, also where the program still trusts that key")
    func rotations() throws {
        let set = try testMetricSet()
        let old = try signedSet(set, sequence: 9, keys: [1]).encoded
        let new = try signedSet(set, sequence: 8, keys: [1, 2]).encoded
        let accepted = try Self.verify(new, trusting: [1, 2])
        #expect(throws: SignedMetricSetError.earlierKey(rotation: 0, accepted: 1)) {
            try Self.verify(old, trusting: [1, 2], afterSequence: 8, afterRotation: accepted.rotation)
        }
        // Whoever stole key 1 appoints successors of his own; only trust in the learnt key alone stands against that.
        let stolen = try SignedMetricSet(decoding: try signedSet(set, sequence: 9, keys: [1, 7, 8]).encoded)
        #expect(throws: SignedMetricSetError.untrustedKey) {
            try stolen.verified(trusting: [accepted.key], afterSequence: 8, afterRotation: 1)
        }
        let later = try signedSet(set, sequence: 9, keys: [1, 2, 3])
        let next = try later.verified(trusting: [accepted.key], afterSequence: 8, afterRotation: 1)
        #expect(next.rotation == 2)
    }

    @Test("whose content is no sound set are refused though their signature is right")
    func unsoundContent() throws {
        let signed = try signedSet(try Self.smallSet())
        var bytes = Array(signed.encoded.dropLast(64))
        bytes[bytes.count - 1] ^= 1
        bytes += try signingKey(1).signature(of: Array("dither/set/v1\0".utf8) + bytes)
        #expect(throws: SignedMetricSetError.metricSet(.checksumMismatch)) { try Self.verify(bytes) }
    }

    @Test("of more than a mebibyte are refused, made or read")
    func sizes() throws {
        let large = try (1...9).map { id in
            try categoryMetric(
                identifier: UInt32(id), name: "m\(id)",
                categories: (0..<700).map { value in
                    String(repeating: "x", count: 200) + String(value)
                }, epsilonThousandths: 1, lifetimeThousandths: 10)
        }
        #expect(throws: SignedMetricSetError.self) { try signedSet(try testMetricSet(metrics: large)) }
        #expect(throws: SignedMetricSetError.tooLarge(byteCount: 10 << 20)) {
            try SignedMetricSet(decoding: Array("DTSS\u{1}".utf8) + [UInt8](repeating: 0, count: 10 << 20 - 5))
        }
    }

    @Test("made of random bytes are refused")
    func randomBytes() throws {
        var noise = SeededNoise(seed: 0x5eed_0050)
        for _ in 0..<2000 {
            let bytes = Array("DTSS\u{1}".utf8) + noise.bytes(count: Int.random(in: 0..<400, using: &noise))
            #expect(throws: SignedMetricSetError.self) { try Self.verify(bytes) }
        }
    }
}
