import Estimation
import Studies
import Testing

@Suite("Poisoned reports")
struct PoisoningTests {
    private static let scenes = PoisoningScene.all.filter { $0.epsilonThousandths == 1000 }

    @Test("where an attack can be told, 5 % of false devices raise an alarm, and honest ones alone raise none")
    func alarmsTellAttacksFromHonestReports() throws {
        // Those that are told by other means than the reports of a few hashes.
        let told = Self.scenes.filter { scene in
            ["optimized_unary_encoding", "subset_selection", "optimized_local_hashing", "hadamard_response"].contains(
                scene.title) && (scene.attack == .maximalGain || scene.title == "optimized_unary_encoding")
        }
        #expect(told.count == 5)
        for scene in told {
            let attacked = try scene.outcome(deviceCount: 20_000, falseCount: 1_000, run: 0).screen
            #expect(attacked?.isAlarm == true, "\(scene.title), \(scene.attack): \(attacked?.pValue ?? .nan)")
            let clean = try scene.outcome(deviceCount: 2_000, falseCount: 0, run: 0).screen
            #expect(clean?.isAlarm == false, "\(scene.title), \(scene.attack): \(clean?.pValue ?? .nan)")
        }
    }

    @Test("reports that were made from points of projective geometry are told by the points that stand for no value")
    func craftedPointsAreTold() throws {
        let scene = try #require(
            PoisoningScene.all.first {
                $0.title == "projective_geometry_response" && $0.epsilonThousandths == 2000
            })
        for run in 0..<5 {
            let screen = try #require(
                try scene.outcome(deviceCount: 20_000, falseCount: 1_000, run: run).screen)
            #expect(screen.isAlarm && screen.test == .payloads, "run \(run): \(screen.pValue)")
        }
        #expect(try scene.outcome(deviceCount: 2_000, falseCount: 0, run: 0).screen?.isAlarm == false)
    }

    @Test("a false device that matches the weights of honest ones is told by pairs of values alone")
    func matchedWeightsAreTold() throws {
        let scene = try #require(
            Self.scenes.first { $0.title == "optimized_unary_encoding" && $0.attack == .weightMatched })
        let screen = try #require(try scene.outcome(deviceCount: 20_000, falseCount: 1_000, run: 1).screen)
        #expect(screen.test == .pairs)
    }

    @Test("every mechanism that counts values is in the study")
    func studyIsComplete() {
        #expect(Set(PoisoningScene.all.map(\.title)).count == 14)
    }
}
