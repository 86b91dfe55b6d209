import ArgumentParser
import Testing

@testable import DecoderCommands

@Suite("dither plan")
struct PlanCommandTests {
    /// The words that refuse a command line; `nil` if it is taken.
    private func refusal(_ arguments: String) -> String? {
        do {
            _ = try PlanCommand.parse(arguments.split(separator: " ").map(String.init))
            return nil
        } catch { return PlanCommand.message(for: error) }
    }

    @Test(
        "names what is wrong with each option and what to write",
        arguments: [
            ("--devices 10", "name two of"), ("--devices 10 --epsilon 1 --target 1%", "name two of"),
            ("--devices 0 --epsilon 1", "--devices '0': write a whole number"),
            ("--devices 1.5 --epsilon 1", "--devices '1.5'"), ("--devices 10, --epsilon 1", "--devices ''"),
            ("--devices 1e11 --epsilon 1", "--devices '1e11'"), ("--devices nan --epsilon 1", "--devices 'nan'"),
            ("--devices 10 --epsilon 0", "--epsilon '0': write a number from 0.001 to 16"),
            ("--devices 10 --epsilon 0.0001", "--epsilon '0.0001'"), ("--devices 10 --epsilon 17", "--epsilon '17'"),
            ("--devices 10 --target 0", "--target '0': is out of range"),
            ("--devices 10 --target x", "--target 'x': is no number"),
            ("--devices 10 --target 0 --domain 0..5", "--target '0': is no number above 0"),
            ("--devices 10 --epsilon 1 --domain 1", "--domain 1: write how many"),
            ("--devices 10 --epsilon 1 --domain 5..5", "--domain 5..5: is no range"),
            ("--devices 10 --epsilon 1 --domain a..b", "is no range"),
            ("--devices 10 --epsilon 1 --domain 0..9 --share 0.5", "--share 0.5: a mean has none"),
            ("--devices 10 --epsilon 1 --share 2", "--share '2': is out of range"),
            ("--devices 10 --epsilon 1 --domain string --measure total", "--measure total sums"),
            ("--devices 10 --epsilon 1 --confidence 1", "--confidence 1.0: is not between"),
            ("--devices 10 --epsilon 1 --report-bytes 0", "--report-bytes 0: write 1 to 16384"),
            ("--devices 10 --epsilon 1 --measure most", "most"),
            ("--devices 10 --epsilon 1 --candidates 5", "--candidates 5: only a string"),
            ("--devices 10 --epsilon 1 --domain string --candidates 0", "--candidates 0: write 1 to"),
        ])
    func refusals(arguments: String, words: String) {
        let refused = refusal(arguments)
        #expect(refused?.contains(words) == true, "\(refused ?? "taken")")
    }

    @Test(
        "takes numbers as people write them",
        arguments: [
            "--devices 1e6 --epsilon 0.5,1,2", "--devices 1000 --target 2.5%", "--eps 1 --target 0.01 --domain 40",
            "--devices 10 --epsilon 16 --domain -40..50.5", "--devices 10 --epsilon 1 --domain string --share 1%",
        ])
    func taken(arguments: String) { #expect(refusal(arguments) == nil) }
}
