import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport
import Testing

@Suite("Likelihood oracles know how likely each report is under each value")
struct LikelihoodOracleTests {
    @Test("every mechanism for declared values and texts has one, and logarithms differ as exact likelihoods do")
    func exact() throws {
        var checked: [String: Int] = [:]
        for type in OracleCatalog.standard.oracles {
            guard let oracle = type as? any (LikelihoodOracle & ExactlyAuditable).Type else { continue }
            checked["\(type)"] = try check(oracle)
        }
        #expect(checked.count == 14)
        for (name, count) in checked { #expect(count >= 8, "\(name): \(count) reports are few") }
    }

    /// How many reports were compared.
    private func check<Oracle: LikelihoodOracle & ExactlyAuditable>(_: Oracle.Type) throws -> Int {
        var (count, worst) = (0, 0.0)
        for declaration in try MechanismFixture.of(Oracle.self).configurations where declaration.values <= 9 {
            let oracle = try declaration.mechanism(Oracle.self)
            guard let reports = reports(of: oracle) else { continue }
            let inputs = Array(oracle.auditedInputs.prefix(5))
            let model = try oracle.likelihoodModel(of: inputs, includesOther: false)
            #expect(model.valueCount == inputs.count)
            for report in reports {
                let found = model.logLikelihoods(report)
                let exact = inputs.indices.map { oracle.likelihood(of: report, given: $0).logarithm }
                for value in inputs.indices {
                    worst = max(worst, abs(found[value] - found[0] - (exact[value] - exact[0])))
                }
                count += 1
            }
        }
        #expect(worst < 1e-9, "\(Oracle.self)")
        return count
    }

    /// Reports of a mechanism with few values; `nil` where their exact likelihoods would take long.
    private func reports<Oracle: LikelihoodOracle & ExactlyAuditable>(of oracle: Oracle) -> [Oracle.Report]? {
        guard let shape = oracle.shape as? BitVectorReport.Shape else { return Array(oracle.allReports.prefix(60)) }
        guard shape.bitCount <= 32 else { return nil }
        var noise = SeededNoise(seed: 0xA55_0C1A7E)
        return (0..<30).compactMap { index in
            let word = noise.next() & shape.lastWordMask
            return BitVectorReport(partition: index % shape.partitionCount, words: [word]) as? Oracle.Report
        }
    }

    @Test("what is no value of the mechanism is refused by its position")
    func refusal() throws {
        let declaration = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), domain: .items(3), reportsAbsence: false)
        let response = try RandomizedResponse(configuration: .init(declared: declaration))
        #expect(throws: EstimationError.candidateOutOfDomain(position: 1)) {
            _ = try response.likelihoodModel(of: [.item(0), .item(3)], includesOther: false)
        }
        let encoding = try OptimizedUnaryEncoding(configuration: .init(declared: declaration))
        #expect(throws: EstimationError.candidateOutOfDomain(position: 0)) {
            _ = try encoding.likelihoodModel(of: [.absent], includesOther: false)
        }
    }

    @Test("under a text that is no candidate, a report is as likely as on average over all places")
    func others() throws {
        let declaration = try MechanismFixture.of(HadamardCountMeanSketch.self).configurations[0]
        let sketch = try declaration.mechanism(HadamardCountMeanSketch.self)
        let texts = (0..<4000).map { MechanismInput.text(Array(String($0).utf8)) }
        let model = try sketch.likelihoodModel(of: texts, includesOther: true)
        for index in [0, 1, sketch.table.width - 1] {
            for isSet in [false, true] {
                let logs = model.logLikelihoods(HadamardReport(row: 0, index: index, isSet: isSet))
                let mean = logs.dropLast().reduce(0) { $0 + exp($1) } / 4000
                // Hoeffding's inequality for 4,000 hashed places, at 1e-9.
                #expect(abs(exp(logs[4000]) - mean) < 0.053, "index \(index)")
            }
        }
    }
}

extension WideUnsigned {
    /// ln, from the two leading words.
    fileprivate var logarithm: Double {
        let (high, low) = (Double(words.last ?? 0), Double(words.dropLast().last ?? 0))
        return log(high + low * 0x1p-64) + Double(words.count - 1) * 64 * log(2)
    }
}
