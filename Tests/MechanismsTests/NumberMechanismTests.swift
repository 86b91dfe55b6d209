import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Mechanisms for numbers")
struct NumberMechanismTests {
    @Test("have the thresholds and windows and make the payloads of an independent script")
    func vectorsAgree() throws {
        try check(Piecewise.self) { [sixteenDigits($0.outsideThreshold), "\($0.width)"] }
        try check(Hybrid.self) {
            [$0.lieThreshold, $0.piecewiseThreshold, $0.outsideThreshold].map(sixteenDigits) + ["\($0.width)"]
        }
        try check(SquareWave.self) { [sixteenDigits($0.outsideThreshold), "\($0.width)"] }
        try check(DBitFlip.self) { [sixteenDigits($0.flipThreshold)] }
    }

    private func check<M: LocalRandomizer>(_: M.Type, thresholds: (M.Configuration) -> [String]) throws {
        for fixture in try MechanismFixture.of(M.self).configurations {
            let mechanism = try fixture.mechanism(M.self)
            #expect(fixture.thresholds == thresholds(mechanism.configuration), "\(M.self), \(fixture)")
            var wrong: [String] = []
            for vector in try #require(fixture.vectors) {
                let cells = vector.split(separator: " ")
                try #require(cells.count == 2 + mechanism.noiseWordCount)
                var noise = ListedNoise(try cells[1..<cells.count - 1].map { try #require(UInt64($0, radix: 16)) })
                let input = MechanismInput.place(try #require(UInt64(cells[0])))
                let value = try mechanism.input(from: input, on: DeviceContext(permanentNoise: nil))
                let payload = mechanism.randomize(value, using: &noise).encoded(shape: mechanism.shape)
                if payload.map({ byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }).joined() != cells.last! {
                    wrong.append(vector)
                }
            }
            #expect(wrong.isEmpty, "\(M.self), \(fixture)")
        }
    }

    @Test("take more noise than ε needs, and refuse one word less, none, and so much that the truth is no likelier")
    func thresholdsAreChecked() throws {
        for fixture in try MechanismFixture.of(Piecewise.self).configurations {
            let least = try fixture.mechanism(Piecewise.self).configuration
            #expect(error(of: least, \.outsideThreshold, least.outsideThreshold + 1) == nil)
            #expect(
                error(of: least, \.outsideThreshold, least.outsideThreshold - 1) == "lossAboveEpsilon", "\(fixture)")
            for threshold in [0, .max] as [UInt64] {
                #expect(error(of: least, \.outsideThreshold, threshold) == "thresholdOutOfRange", "\(fixture)")
            }
            for count in [0, 65_538] {
                #expect(error(of: least, \.stepCount, count) == "countOutOfRange")
                #expect(error(of: least, \.width, count) == "countOutOfRange")
            }
        }
    }

    private func error<Value>(
        of configuration: Piecewise.Configuration, _ field: WritableKeyPath<Piecewise.Configuration, Value>,
        _ value: Value
    ) -> String? {
        var configuration = configuration
        configuration[keyPath: field] = value
        do { _ = try Piecewise(configuration: configuration) } catch { return error.name }
        return nil
    }

    @Test("name what is wrong with integers that no registry makes")
    func integersAreChecked() throws {
        let wave = try SquareWave(configuration: .init(declared: try declaration(1000))).configuration
        func error(_ change: (inout SquareWave.Configuration) -> Void) -> String? {
            var changed = wave
            change(&changed)
            do { _ = try SquareWave(configuration: changed) } catch { return error.name }
            return nil
        }
        #expect(
            error { $0.bucketCount = 1 } == "countOutOfRange" && error { $0.bucketCount = 1025 } == "countOutOfRange")
        #expect(error { $0.width = 0 } == "countOutOfRange" && error { $0.width = 129 } == "countOutOfRange")
        #expect(error { $0.outsideThreshold = 0 } == "thresholdOutOfRange")
        #expect(error { $0.outsideThreshold -= 1 } == "lossAboveEpsilon")
        #expect(error { $0.epsilonThousandths = 999 } == "lossAboveEpsilon")

        let flips = try DBitFlip(configuration: .init(declared: try declaration(1000, ["buckets": 8]))).configuration
        func flipError(_ change: (inout DBitFlip.Configuration) -> Void) -> String? {
            var changed = flips
            change(&changed)
            do { _ = try DBitFlip(configuration: changed) } catch { return error.name }
            return nil
        }
        #expect(flipError { $0.bucketCount = 1 } == "countOutOfRange")
        #expect(flipError { $0.sampleCount = 9 } == "countOutOfRange")
        #expect(flipError { $0.flipThreshold = 1 << 63 } == "thresholdOutOfRange")
        #expect(flipError { $0.flipThreshold -= 1 } == "lossAboveEpsilon")
        // One sampled bucket may spend all of ε, and less is taken.
        #expect(flipError { $0.sampleCount = 1 } == nil)

        var hybrid = try Hybrid(configuration: .init(declared: try declaration(1000))).configuration
        hybrid.outsideThreshold -= 1
        #expect(throws: ParameterError.self) { try Hybrid(configuration: hybrid) }
        hybrid.outsideThreshold += 1
        hybrid.lieThreshold -= 1
        #expect(throws: ParameterError.self) { try Hybrid(configuration: hybrid) }
    }

    @Test("have a window whose outputs are each made by exactly as many words as their likelihoods say")
    func windowsAreExact() throws {
        for (cells, width) in [(2, 1), (3, 5), (7, 3), (257, 100)] {
            let window = try WindowResponse(
                cellCount: cells, width: width,
                outsideThreshold: WindowResponse.smallestOutsideThreshold(
                    cellCount: cells, width: width, epsilon: try Epsilon(thousandths: 1000)))
            #expect(window.outputCount == cells + width - 1)
            for cell in [0, 1, cells / 2, cells - 1] {
                // With a word at each end of every output's preimages, every output is made, in order.
                let inside = (0..<width).flatMap { edges(of: $0, among: width) }.map {
                    window.respond(to: UInt64(cell), sideWord: .max, insideWord: $0, outsideWord: 0)
                }
                #expect(inside == (cell..<cell + width).flatMap { [UInt64($0), UInt64($0)] })
                let outside = (0..<cells - 1).flatMap { edges(of: $0, among: cells - 1) }.map {
                    window.respond(to: UInt64(cell), sideWord: 0, insideWord: 0, outsideWord: $0)
                }
                let others = (0..<window.outputCount).filter { !window.isInside($0, of: cell) }
                #expect(outside == others.flatMap { [UInt64($0), UInt64($0)] })
            }
        }
    }

    /// The first and the last word of 2⁶⁴ that name a place among so many.
    private func edges(of place: Int, among count: Int) -> [UInt64] {
        func first(_ place: Int) -> UInt128 { (UInt128(place) << 64 + UInt128(count - 1)) / UInt128(count) }
        return [UInt64(first(place)), UInt64(first(place + 1) - 1)]
    }

    @Test("round to a grid without bias: of the words, as many go up as the place is beyond its point")
    func gridIsUnbiased() throws {
        let grid = try Piecewise(configuration: .init(declared: try declaration(16_000, ["grid": 10]))).grid
        for place in [0, 1, 12_345_678, 1 << 31, 1 << 32 - 1, 1 << 32] as [UInt64] {
            let (point, beyond) = ((place * 10) >> 32, (place * 10) & 0xffff_ffff)
            func output(_ word: UInt64) -> UInt64 {
                grid.respond(to: place, gridWord: word, sideWord: .max, insideWord: 0, outsideWord: 0)
            }
            #expect(output(beyond << 32) == point && output(.max) == point)
            if beyond > 0 { #expect(output(beyond << 32 - 1) == point + 1 && output(0) == point + 1) }
        }
    }

    @Test(
        "with a planted fault in a window are each caught, and by the law that is theirs",
        arguments: [
            (FaultyWave.Fault.none, Set<MechanismLaw>()),
            (.windowCutAtTheEnd, [.ratiosWithinEpsilon, .lossIsTheWorstRatio, .samplesFollowLikelihoods]),
            (.restOverTheWindow, [.samplesFollowLikelihoods]), (.oneWordForBoth, [.samplesFollowLikelihoods]),
            (.bucketFromTheWrongSide, [.samplesFollowLikelihoods]),
        ] as [(FaultyWave.Fault, Set<MechanismLaw>)])
    func windowFaultsAreCaught(fault: FaultyWave.Fault, laws: Set<MechanismLaw>) throws {
        let faulty = try FaultyWave(buckets: 6, epsilon: 1000, fault: fault)
        let breaches = try MechanismLaws.breaches(of: faulty)
        #expect(MechanismLaws.names(of: breaches) == laws, "\(breaches)")
    }

    @Test(
        "with a planted fault in sampled bits are each caught, and by the law that is theirs",
        arguments: [
            (FaultyFlips.Fault.none, Set<MechanismLaw>()),
            (.ownBucketAlwaysSampled, [.samplesFollowLikelihoods]), (.ownBitKept, [.samplesFollowLikelihoods]),
            (.wholeEpsilonForEachBit, [.ratiosWithinEpsilon, .lossIsTheWorstRatio]),
        ] as [(FaultyFlips.Fault, Set<MechanismLaw>)])
    func flipFaultsAreCaught(fault: FaultyFlips.Fault, laws: Set<MechanismLaw>) throws {
        let faulty = try FaultyFlips(epsilon: 1000, fault: fault)
        let breaches = try MechanismLaws.breaches(of: faulty)
        #expect(MechanismLaws.names(of: breaches) == laws, "\(breaches)")
    }

    private func declaration(_ thousandths: Int, _ parameters: [String: Int32] = [:]) throws -> MechanismDeclaration {
        MechanismDeclaration(
            epsilon: try Epsilon(thousandths: thousandths), domain: .range, reportsAbsence: false,
            parameters: parameters.mapValues { DeclaredNumber($0) })
    }
}
