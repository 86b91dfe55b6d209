internal import LocalPrivacy
internal import Mechanisms
internal import ReportFormat
internal import SecureRandomness

/// Does one operation so many times, on inputs that never change: what `scripts/check_costs.py` counts instructions and
/// allocations of.
@main
enum CostHost {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let count = Int(arguments[2]), let make = operations[arguments[1]] else {
            print("usage: cost-host \(operations.keys.sorted().joined(separator: "|")) COUNT")
            return
        }
        let operation = try make()
        for _ in 0..<count { try operation() }
    }

    /// Each makes its inputs, and then what is counted.
    private static var operations: [String: () throws -> () throws -> Void] {
        [
            "sketch-report": {
                let sketch: any LocalRandomizer = try documentedSketch()
                return refilling {
                    try sketch.appendPayload(for: text, on: DeviceContext(permanentNoise: nil), to: &$0)
                }
            },
            "rappor-memoized-report": {
                let rappor: any LocalRandomizer = try documentedRappor(), holder = try device()
                return refilling { try rappor.appendPayload(for: text, on: holder, to: &$0) }
            },
            "rappor-fresh-report": {
                let rappor: any LongitudinalRandomizer = try documentedRappor()
                let permanent = try rappor.permanentResponse(to: text, on: device())
                return refilling { try rappor.appendPayload(fromPermanentResponse: permanent, to: &$0) }
            },
            "category-report": {
                let declared = MechanismDeclaration(
                    epsilon: try Epsilon(thousandths: 1000), valueCount: 16, reportsAbsence: false)
                let response: any LocalRandomizer = try RandomizedResponse(configuration: .init(declared: declared))
                return refilling {
                    try response.appendPayload(for: .item(3), on: DeviceContext(permanentNoise: nil), to: &$0)
                }
            },
            "batch-decoding": {
                let reports = try (0..<100).map { (index: UInt32) in
                    guard let day = UTCDay(index: 20_000) else { throw ReportError.valueOutOfRange }
                    return ReportRecord(
                        metric: index % 10, period: day, fingerprint: Fingerprint(value: 1),
                        payload: [UInt8](repeating: 7, count: 16))
                }
                guard let identifier = BatchIdentifier(bytes: [UInt8](1...16)) else {
                    throw ReportError.valueOutOfRange
                }
                let bytes = try Batch(identifier: identifier, reports: reports).encoded
                return { try keep(Batch(decoding: bytes).reports.count) }
            },
        ]
    }

    /// Fills one buffer again and again.
    private static func refilling(_ append: @escaping (inout [UInt8]) throws -> Void) -> () throws -> Void {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4096)
        return {
            bytes.removeAll(keepingCapacity: true)
            try append(&bytes)
            keep(bytes.count)
        }
    }

    private static let text = MechanismInput.text(Array("https://example.org".utf8))

    private static func documentedSketch() throws -> CountMeanSketch {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 4000), domain: .text, reportsAbsence: false,
            parameters: ["rows": DeclaredNumber(1024), "width": DeclaredNumber(1024)])
        return try CountMeanSketch(configuration: .init(declared: declared))
    }

    private static func documentedRappor() throws -> Rappor {
        let counts = ["bits": 128, "hashes": 2, "cohorts": 64].mapValues { DeclaredNumber($0) }
        let probabilities = ["f": 500, "p": 500, "q": 750].mapValues { DeclaredNumber(billionths: $0 * 1_000_000) }
        let declared = MechanismDeclaration(
            domain: .text, reportsAbsence: true, parameters: counts.merging(probabilities) { first, _ in first })
        return try Rappor(configuration: .init(declared: declared))
    }

    private static func device() throws -> DeviceContext {
        guard let secret = SecretKey(copying: [UInt8](1...32)) else { throw ReportError.valueOutOfRange }
        return DeviceContext(permanentNoise: try PermanentNoise(secret: secret, metric: 1, definitionHash: []))
    }

    @inline(never)
    private static func keep(_ count: Int) { kept = count }

    nonisolated(unsafe) private static var kept = 0
}
