import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Projective geometry response")
struct ProjectiveGeometryResponseTests {
    private struct Choice: Decodable {
        var items: Int, epsilon: Int, order: Int, dimension: Int
    }

    @Test("has the thresholds and gives the reports of an independent script")
    func vectorsAgree() throws {
        for fixture in try MechanismFixture.of(ProjectiveGeometryResponse.self).configurations {
            let mechanism = try fixture.mechanism(ProjectiveGeometryResponse.self)
            #expect(fixture.thresholds == [sixteenDigits(mechanism.configuration.lieThreshold)], "\(fixture)")
            for line in try #require(fixture.vectors) {
                let vector = try ResponseVector(line)
                var noise = ListedNoise(vector.words)
                #expect(
                    mechanism.randomize(vector.item, using: &noise).category == vector.report, "\(fixture): \(line)")
            }
        }
    }

    @Test("samples every member of a plane and of the rest once, for every item, and the likelihoods know which")
    func membersAreABijection() throws {
        for (order, dimension) in [(2, 4), (3, 3), (4, 3), (5, 2), (9, 2), (7, 3)] as [(Int32, Int32)] {
            let mechanism = try mechanism(items: 6, epsilon: 1000, order: order, dimension: dimension)
            let (plane, off) = (mechanism.geometry.hyperplanePointCount, mechanism.geometry.otherPointCount)
            #expect(plane + off == mechanism.geometry.pointCount)
            for item in 0..<6 {
                var reports: Set<Int> = []
                for (lieWord, count) in [(UInt64.max, plane), (0, off)] {
                    for member in 0..<count {
                        // The middle of the words that choose this member.
                        let step = UInt64.max / UInt64(count)
                        var noise = ListedNoise([lieWord, UInt64(member) * step + step / 2])
                        let report = mechanism.randomize(item, using: &noise)
                        reports.insert(report.category)
                        let likelihood = mechanism.likelihood(of: report, given: item)
                        let isLie = lieWord == 0
                        #expect(likelihood == mechanism.rule.likelihood(ofMember: UInt64(member), isLie: isLie))
                    }
                }
                #expect(reports.count == mechanism.geometry.pointCount, "q \(order), t \(dimension), item \(item)")
            }
        }
    }

    @Test(
        "with a planted fault breaks the law that is meant for it",
        arguments: [
            (FaultyGeometry.Fault.none, Set<MechanismLaw>()),
            (.liesAnywhere, [.samplesFollowLikelihoods]),
            (.epsilonForHalfOfIt, [.ratiosWithinEpsilon, .declaredEpsilonIsSpent]),
            (.biasedModulo, [.samplesFollowLikelihoods]),
            (.offByOne, [.samplesFollowLikelihoods]),
            (.redrawn, [.announcedWordsAreDrawn]),
        ] as [(FaultyGeometry.Fault, Set<MechanismLaw>)])
    func faultsAreCaught(fault: FaultyGeometry.Fault, laws: Set<MechanismLaw>) throws {
        let faulty = try FaultyGeometry(epsilon: 1000, fault: fault)
        let breaches = try MechanismLaws.breaches(of: faulty, samplesPerItem: 6000)
        #expect(MechanismLaws.names(of: breaches) == laws, "\(breaches)")
    }

    @Test("gives more noise than ε needs where that is configured, and refuses one word less")
    func lessNoiseIsRefused() throws {
        for fixture in try MechanismFixture.of(ProjectiveGeometryResponse.self).configurations {
            var configuration = try fixture.mechanism(ProjectiveGeometryResponse.self).configuration
            configuration.lieThreshold -= 1
            let error = #expect(throws: ParameterError.self) {
                try ProjectiveGeometryResponse(configuration: configuration)
            }
            #expect(error?.name == "lossAboveEpsilon", "\(fixture)")
            configuration.lieThreshold += 2
            let noisier = try ProjectiveGeometryResponse(configuration: configuration)
            #expect(noisier.loss <= PrivacyLoss(noisier.epsilon), "\(fixture)")
            for threshold in [0, UInt64.max] {
                configuration.lieThreshold = threshold
                let error = #expect(throws: ParameterError.self) {
                    try ProjectiveGeometryResponse(configuration: configuration)
                }
                #expect(error?.name == "thresholdOutOfRange", "\(fixture)")
            }
        }
    }

    @Test("chooses field and dimension as an independent script that tries every prime power")
    func choicesAgree() throws {
        for choice in try Fixtures.json("geometry/choices.json", as: [Choice].self) {
            let chosen = try mechanism(items: choice.items, epsilon: choice.epsilon).configuration
            #expect(
                chosen.fieldOrder == choice.order && chosen.dimension == choice.dimension,
                "\(choice.items) items, ε \(choice.epsilon): q \(chosen.fieldOrder), t \(chosen.dimension)")
        }
    }

    @Test("chooses the one of field and dimension that is not declared, within three-thousandths of the best there is")
    func oneOfTwo() throws {
        let order = try mechanism(items: 1024, epsilon: 2000, dimension: 4).configuration
        #expect(order.dimension == 4 && order.fieldOrder == 11)
        let dimension = try mechanism(items: 1024, epsilon: 2000, order: 7).configuration
        #expect(dimension.fieldOrder == 7 && dimension.dimension == 5)
    }

    @Test("takes as many points as three bytes number, and refuses integers that no registry declares")
    func bounds() throws {
        let largest = try mechanism(items: 1 << 20, epsilon: 16_000, order: 16_777_213, dimension: 2)
        #expect(largest.shape == 16_777_214 && largest.payloadByteCount == 3)
        let sound = try mechanism(items: 16, epsilon: 1000, order: 3, dimension: 4).configuration
        func error(_ change: (inout ProjectiveGeometryResponse.Configuration) -> Void) -> String? {
            var configuration = sound
            change(&configuration)
            do { _ = try ProjectiveGeometryResponse(configuration: configuration) } catch { return error.name }
            return nil
        }
        #expect(error { $0.fieldOrder = 6 } == "notAPrimePower")
        #expect(error { $0.fieldOrder = 0 } == "countOutOfRange" && error { $0.fieldOrder = .max } == "countOutOfRange")
        #expect(error { $0.dimension = 0 } == "countOutOfRange" && error { $0.dimension = 255 } == "countOutOfRange")
        #expect(error { $0.itemCount = 41 } == "countOutOfRange")
        #expect(error { $0.itemCount = 1 } == "categoryCountOutOfRange")
        #expect(error { $0.epsilonThousandths = 0 } == "epsilonOutOfRange")
    }

    @Test("reports a host's input with fresh noise in the fewest bytes, and names what is wrong with another")
    func payloadsAreMade() throws {
        let device = DeviceContext(permanentNoise: nil)
        let wide = try mechanism(items: 65_536, epsilon: 4000, order: 64, dimension: 4)
        #expect(wide.shape == 266_305)
        for item in [0, 4160, 4161, 65_535] {
            let payload = try wide.payload(for: .item(item), on: device)
            #expect(payload.count == 3)
            #expect(throws: Never.self) { try wide.validate(payload: payload) }
        }
        #expect(throws: EncodingError.input(.outOfDomain)) { try wide.payload(for: .item(65_536), on: device) }
        #expect(throws: EncodingError.input(.absenceNotReported)) { try wide.payload(for: .absent, on: device) }
        #expect(throws: ReportError.valueOutOfRange) { try wide.validate(payload: [0x41, 0x10, 4]) }
    }

    private func mechanism(
        items: Int, epsilon: Int, order: Int32? = nil, dimension: Int32? = nil
    ) throws -> ProjectiveGeometryResponse {
        var parameters: [String: DeclaredNumber] = [:]
        parameters["field_order"] = order.map(DeclaredNumber.init)
        parameters["dimension"] = dimension.map(DeclaredNumber.init)
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: epsilon), domain: .items(items), reportsAbsence: false,
            parameters: parameters)
        return try ProjectiveGeometryResponse(configuration: .init(declared: declared))
    }
}
