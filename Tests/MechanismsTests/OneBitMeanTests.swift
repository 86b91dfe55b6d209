import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("One-bit mean")
struct OneBitMeanTests {
    @Test("has the thresholds and gives the bits of an independent script")
    func vectorsAgree() throws {
        for fixture in try MechanismFixture.of(OneBitMean.self).configurations {
            let mean = try fixture.mechanism(OneBitMean.self)
            #expect(fixture.thresholds == [sixteenDigits(mean.configuration.lieThreshold)], "\(fixture)")
            for vector in try #require(fixture.vectors) {
                let cells = vector.split(separator: " ")
                try #require(cells.count == 3)
                var noise = ListedNoise([try #require(UInt64(cells[1], radix: 16))])
                let report = mean.randomize(try #require(UInt64(cells[0])), using: &noise)
                #expect("\(report.category)" == cells[2], "\(fixture): \(vector)")
            }
        }
    }

    @Test(
        "makes a 1 of the ends with exactly T and N − T words, and of places between with no fewer the higher they are")
    func endsAreExact() throws {
        for fixture in try MechanismFixture.of(OneBitMean.self).configurations {
            let mean = try fixture.mechanism(OneBitMean.self), threshold = mean.configuration.lieThreshold
            let places = (0...4096).map { UInt64($0) << 20 }
            let numerators = places.map { mean.onesNumerator(of: $0) }
            #expect(numerators.first == threshold && numerators.last == 0 &- threshold, "\(fixture)")
            #expect(zip(numerators, numerators.dropFirst()).allSatisfy { $0 <= $1 }, "\(fixture)")
        }
    }

    @Test("gives more noise than ε needs where that is configured, and refuses one word less, and none and all")
    func thresholdsAreChecked() throws {
        for fixture in try MechanismFixture.of(OneBitMean.self).configurations {
            let least = try fixture.mechanism(OneBitMean.self).configuration
            func error(_ threshold: UInt64) -> String? {
                var configuration = least
                configuration.lieThreshold = threshold
                do { _ = try OneBitMean(configuration: configuration) } catch { return error.name }
                return nil
            }
            #expect(error(least.lieThreshold + 1) == nil, "\(fixture)")
            #expect(error(least.lieThreshold - 1) == "lossAboveEpsilon", "\(fixture)")
            for threshold in [0, 1 << 63, .max] as [UInt64] {
                #expect(error(threshold) == "thresholdOutOfRange", "\(fixture)")
            }
        }
    }

    @Test("reports a place with fresh noise, and names what is wrong with other inputs")
    func inputsAreChecked() throws {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), domain: .range, reportsAbsence: false)
        let mean = try OneBitMean(configuration: .init(declared: declared))
        let device = DeviceContext(permanentNoise: nil)
        #expect([[0], [1]].contains(try mean.payload(for: .place(1 << 31), on: device)))
        #expect(throws: EncodingError.input(.outOfDomain)) { try mean.payload(for: .place(1 << 32 + 1), on: device) }
        #expect(throws: EncodingError.input(.absenceNotReported)) { try mean.payload(for: .absent, on: device) }
        #expect(throws: ReportError.valueOutOfRange) { try mean.validate(payload: [2]) }
    }
}
