import Estimation
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport

extension EstimationLaws {
    func countingBreaches() throws -> [EstimationBreach] {
        var noise = SeededNoise(seed: 0x7A11_1E5)
        let reports = (0..<257).map { _ in oracle.allReports[noise.index(below: oracle.allReports.count)] }
        var breaches: [EstimationBreach] = []
        for count in [0, 1, 2, 257] {
            let tallied = try tally(Array(reports.prefix(count)))
            if tallied.reportCount != count {
                breaches.append(.init(.eachReportCountsOnce, "\(tallied.reportCount) counted of \(count)"))
            }
            if tallied != aggregate(of: Array(reports.prefix(count))) {
                breaches.append(.init(.tallyEqualsAbsorbing, "differs for \(count) reports"))
            }
        }
        return breaches
    }

    /// One byte too few and one too many, and every byte value in the place of each byte of a valid payload.
    func malformedBreaches() throws -> [EstimationBreach] {
        let payloads = oracle.allReports.map { oracle.stored(payload: $0.encoded(shape: oracle.shape)).rest }
        let (valid, first) = (Set(payloads), payloads[0])
        var malformed = [first + [0], first + first + [0]].filter { !$0.count.isMultiple(of: first.count) }
        for position in first.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = first
                changed[position] = byte
                if !valid.contains(changed) { malformed.append(first + changed) }
            }
        }
        let accepted = malformed.filter { payloads in
            var aggregate = oracle.makeAggregate(of: definition)
            do throws(ReportError) { try oracle.tally(payloads.span, partition: 0, into: &aggregate) } catch {
                return false
            }
            return true
        }
        return accepted.prefix(1).map { .init(.malformedPayloadsAreRefused, "\(accepted.count) accepted, as \($0)") }
    }

    func monoidBreaches() throws -> [EstimationBreach] {
        var noise = SeededNoise(seed: 0xABE1)
        var breaches: [EstimationBreach] = []
        func breach(_ detail: String) { breaches.append(.init(.aggregatesAreACommutativeMonoid, detail)) }
        for _ in 0..<20 {
            let parts = (0..<3).map { _ in
                (0..<noise.index(below: 9)).map { _ in oracle.allReports[noise.index(below: oracle.allReports.count)] }
            }
            let (a, b, c) = (aggregate(of: parts[0]), aggregate(of: parts[1]), aggregate(of: parts[2]))
            let identity = oracle.makeAggregate(of: definition)
            if try merged(a, merged(b, c)) != merged(merged(a, b), c) { breach("not associative") }
            if try merged(a, b) != merged(b, a) { breach("not commutative") }
            if try merged(a, identity) != a || merged(identity, a) != a { breach("no identity") }
            if try merged(a, merged(b, c)) != aggregate(of: (parts[2] + parts[0] + parts[1]).reversed()) {
                breach("the parts matter")
            }
        }
        return Array(breaches.prefix(1))
    }

    private func merged(_ first: Oracle.Aggregate, _ second: Oracle.Aggregate) throws -> Oracle.Aggregate {
        var sum = first
        try sum.merge(second)
        return sum
    }
}
