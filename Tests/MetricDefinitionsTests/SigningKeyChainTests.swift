import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Chains of signing keys")
struct SigningKeyChainTests {
    @Test("decode to what was encoded, and verify")
    func roundTrip() throws {
        for count in [UInt8(1), 2, 5, 255] {
            let chain = try signingChain(Array(1...count))
            #expect(try SigningKeyChain(decoding: chain.encoded) == chain)
            try chain.verify()
            #expect(try chain.keys == (1...count).map { try signingKey($0).publicKey() })
            #expect(chain.lastKey == chain.keys.last)
        }
    }

    @Test("changed in any byte, or cut off anywhere, are refused or do not verify")
    func everyMutationIsRefused() throws {
        let bytes = try signingChain([1, 2, 3]).encoded
        for mutant in Mutations.all(of: bytes) {
            #expect(throws: SignedMetricSetError.self) { try SigningKeyChain(decoding: mutant).verify() }
        }
        #expect(throws: SignedMetricSetError.format(.trailingBytes(offset: bytes.count))) {
            try SigningKeyChain(decoding: bytes + [0])
        }
    }

    @Test("take a key once, from the last key alone, and no more than 255 times")
    func growth() throws {
        let chain = try signingChain([1, 2])
        for (known, rotation) in [(UInt8(1), 2), (2, 2)] {
            #expect(throws: SignedMetricSetError.repeatedKey(rotation: rotation)) {
                try chain.rotated(to: try signingKey(known).publicKey(), by: signingKey(2))
            }
        }
        #expect(throws: SignedMetricSetError.notTheLastKey) {
            try chain.rotated(to: try signingKey(3).publicKey(), by: signingKey(1))
        }
        let longest = try signingChain(Array(0...255))
        let another = try Ed25519PrivateKey.random().publicKey()
        #expect(throws: SignedMetricSetError.tooManyRotations(256)) {
            try longest.rotated(to: another, by: signingKey(255))
        }
    }
}
