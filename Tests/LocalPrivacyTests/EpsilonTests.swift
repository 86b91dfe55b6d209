import LocalPrivacy
import Testing

@Suite("Declared ε and budgets")
struct EpsilonTests {
    @Test("ε is refused outside 0.001 to 16", arguments: [Int.min, -1, 0, 16_001, .max])
    func epsilonOutOfRangeIsRefused(thousandths: Int) {
        #expect(throws: ParameterError.epsilonOutOfRange(thousandths: thousandths)) {
            try Epsilon(thousandths: thousandths)
        }
    }

    @Test("ε is taken at both ends of its range, ordered, and printed with three decimals")
    func epsilonWithinRangeIsTaken() throws {
        let (least, most) = (try Epsilon(thousandths: 1), try Epsilon(thousandths: 16_000))
        #expect(least < most)
        #expect((least.description, most.description) == ("0.001", "16.000"))
        #expect(try Epsilon(thousandths: 1_050).description == "1.050")
    }

    @Test("a budget is refused outside 0 to a million", arguments: [Int.min, -1, 1_000_000_001, .max])
    func budgetOutOfRangeIsRefused(thousandths: Int) {
        #expect(throws: ParameterError.budgetOutOfRange(thousandths: thousandths)) {
            try PrivacyBudget(thousandths: thousandths)
        }
    }

    @Test("a budget of too many reports is refused, without overflow", arguments: [62_501, Int.max, Int.min, -1])
    func budgetOfTooManyReportsIsRefused(reports: Int) throws {
        let epsilon = try Epsilon(thousandths: 16_000)
        #expect(throws: ParameterError.self) { try PrivacyBudget(epsilon, reports: reports) }
        #expect(try PrivacyBudget(epsilon, reports: 62_500).thousandths == 1_000_000_000)
    }

    @Test("sums add up until the range ends")
    func sumsAreExact() throws {
        let most = try PrivacyBudget(thousandths: 1_000_000_000)
        #expect(try most.adding(.zero) == most)
        #expect(try PrivacyBudget(thousandths: 2).adding(PrivacyBudget(thousandths: 3)).thousandths == 5)
        #expect(throws: ParameterError.budgetOutOfRange(thousandths: 2_000_000_000)) { try most.adding(most) }
    }

    @Test("a budget counts whole reports only")
    func reportCountRoundsDown() throws {
        let epsilon = try Epsilon(thousandths: 1000)
        #expect(try PrivacyBudget(thousandths: 120_999).reportCount(of: epsilon) == 120)
        #expect(try PrivacyBudget(thousandths: 999).reportCount(of: epsilon) == 0)
        #expect(try PrivacyBudget(thousandths: 120_050).description == "120.050")
    }
}
