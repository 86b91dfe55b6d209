import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Payloads that are written where they are encoded")
struct WrittenPayloadTests {
    private let text = MechanismInput.text(Array("https://example.org".utf8))
    private let lead: [UInt8] = [1, 2, 3]

    /// RAPPOR of two words, in cohorts that take two bytes.
    private func rappor() throws -> (Rappor, DeviceContext) {
        let counts = ["bits": 128, "hashes": 2, "cohorts": 512].mapValues { DeclaredNumber($0) }
        let probabilities = ["f": 500, "p": 500, "q": 750].mapValues { DeclaredNumber(billionths: $0 * 1_000_000) }
        let declared = MechanismDeclaration(
            domain: .text, reportsAbsence: true, parameters: counts.merging(probabilities) { first, _ in first })
        let secret = try #require(SecretKey(copying: [UInt8](1...32)))
        let noise = try PermanentNoise(secret: secret, metric: 1, definitionHash: [])
        return (try Rappor(configuration: .init(declared: declared)), DeviceContext(permanentNoise: noise))
    }

    /// A byte of 64 reports stays what it was in the first with a probability below (3/4)^(8 · 63), whatever it is about.
    @Test("are fresh in every byte of their bits, whichever way they are made, and keep the device's cohort")
    func freshness() throws {
        let (rappor, device) = try rappor()
        let stored = try rappor.permanentResponse(to: text, on: device)
        let payloads: [[[UInt8]]] = try [
            (0..<64).map { _ in try rappor.payload(for: text, on: device) },
            (0..<64).map { _ in try rappor.payload(fromPermanentResponse: stored) },
        ]
        for route in payloads {
            #expect(route.allSatisfy { $0.count == 18 && $0.prefix(2).elementsEqual(stored.prefix(2)) })
            for index in 2..<18 { #expect(Set(route.map { $0[index] }).count > 1, "byte \(index)") }
        }
    }

    @Test("are not begun where the kernel gives no randomness: no permanent response is left in the caller's bytes")
    func noRandomness() throws {
        let (rappor, device) = try rappor(), lead = lead, text = text
        let stored = try rappor.permanentResponse(to: text, on: device)
        _ = try rappor.payload(for: text, on: device)  // Whatever is set up once is so before.
        let answers = try Forked.words(count: 2) {
            try #require(Forked.denyRandomness())
            func isClean(_ append: (inout [UInt8]) throws(EncodingError) -> Void) -> UInt64 {
                var bytes = lead
                bytes.reserveCapacity(64)
                do { try append(&bytes) } catch {
                    guard case .noRandomness = error, bytes == lead else { return 2 }
                    let behind = bytes.withUnsafeBufferPointer { bytes in
                        (lead.count..<lead.count + stored.count).map { place in bytes.baseAddress?[place] ?? 1 }
                    }
                    return behind.contains { $0 != 0 } ? 3 : 1
                }
                return 4
            }
            return [
                isClean { (bytes) throws(EncodingError) in
                    try rappor.appendPayload(for: text, on: device, to: &bytes)
                },
                isClean { (bytes) throws(EncodingError) in
                    bytes.withUnsafeMutableBufferPointer { bytes in
                        if let start = bytes.baseAddress {
                            (start + bytes.count).update(repeating: 0, count: stored.count)
                        }
                    }
                    try rappor.appendPayload(fromPermanentResponse: stored, to: &bytes)
                },
            ]
        }
        #expect(answers == [1, 1])
    }

    @Test("are refused of a stored response of another length or of no cohort, and nothing is appended")
    func damagedResponses() throws {
        let (rappor, device) = try rappor()
        let stored = try rappor.permanentResponse(to: text, on: device)
        for damaged in [[], Array(stored.dropLast()), stored + [0], [0xFF, 0xFF] + stored.dropFirst(2)] {
            var bytes = lead
            #expect(throws: EncodingError.self) {
                try rappor.appendPayload(fromPermanentResponse: damaged, to: &bytes)
            }
            #expect(bytes == lead)
        }
    }
}
