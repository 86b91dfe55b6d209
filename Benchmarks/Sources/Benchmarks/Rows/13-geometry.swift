internal import Estimation
internal import LocalPrivacy
internal import Mechanisms
internal import ReportFormat

/// All counts of a projective geometry response of 65,536 items at ε = 4, over a field of one order.
struct GeometryRow: Row {
    let name: String
    let order: Int32
    let goal = Goal.cost(atMost: 5)
    let unit = "decoding"

    var operation: String {
        "projective geometry response, q = \(order): counts of 65,536 items from a million reports"
    }
    var anchor: String { "memcpy of four bytes for each of the \(order)^4 vectors" }

    func prepare() throws -> Comparison {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 4000), domain: .items(65_536), reportsAbsence: false,
            parameters: ["field_order": DeclaredNumber(order), "dimension": DeclaredNumber(4)])
        let oracle = try ProjectiveGeometryResponse(configuration: .init(declared: declared))
        var (words, aggregate) = (SeededWords(seed: 13), oracle.makeAggregate(of: Fingerprint(value: 13)))
        for _ in 0..<1_000_000 {
            oracle.absorb(CategoryReport(category: Int(words.next() % UInt64(oracle.shape))), into: &aggregate)
        }
        let (byteCount, units) = (4 * Int(order) * Int(order) * Int(order) * Int(order), 8)
        return Comparison(
            ours: .timed(units: units) { for _ in 0..<units { keep(oracle.supportCounts(in: aggregate)) } },
            anchor: copying(byteCount: byteCount, times: units))
    }
}
