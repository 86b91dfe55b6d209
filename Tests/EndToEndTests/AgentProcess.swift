import Foundation
import GRDB
import ReportFormat

/// One device: a state folder and the command that works on it.
struct AgentProcess: Sendable {
    let metricSet: String
    let endpoint: String
    let state: String
    var environment: [String: String] = [:]

    @discardableResult
    func callAsFunction(_ arguments: String..., input: String? = nil, killAfter: Duration? = nil) throws -> Outcome {
        try run(
            "dither-agent", ["--metrics", metricSet, "--endpoint", endpoint, "--state", state] + arguments,
            environment: environment, input: input, killAfter: killAfter)
    }

    /// The number that `status` gives for one of its lines.
    func status(_ line: String) throws -> Int? {
        struct Line: Decodable {
            var what: String
            var state: Value
            enum Value: Decodable {
                case number(Int), text(String)
                init(from decoder: any Decoder) throws {
                    let container = try decoder.singleValueContainer()
                    if let number = try? container.decode(Int.self) {
                        self = .number(number)
                    } else {
                        self = .text(try container.decode(String.self))
                    }
                }
            }
        }
        let outcome = try self("status", "--format", "json")
        let lines = try JSONDecoder().decode([Line].self, from: Data(outcome.output.utf8))
        guard case .number(let number)? = lines.first(where: { $0.what == line })?.state else { return nil }
        return number
    }

    /// What the state database holds, read past the agent.
    func inspect() throws -> AgentState {
        let queue = try DatabaseQueue(path: state + "/agent.db")
        return try queue.read { database in
            var state = AgentState()
            guard try database.tableExists("ledger") else { return state }
            for row in try Row.fetchAll(database, sql: "SELECT metric, reports FROM ledger") {
                state.debits[row["metric"], default: 0] += row["reports"] as Int
            }
            for row in try Row.fetchAll(database, sql: "SELECT metric, permanent_response FROM slot") {
                state.reports[row["metric"], default: 0] += 1
                if let response = row["permanent_response"] as Data? {
                    state.permanentResponses.insert(Array(response))
                }
            }
            for metric in try UInt32.fetchAll(database, sql: "SELECT metric FROM queue") {
                state.reports[metric, default: 0] += 1
            }
            for body in try Data.fetchAll(database, sql: "SELECT body FROM outbox") {
                for report in try Batch(decoding: Array(body)).reports { state.reports[report.metric, default: 0] += 1 }
            }
            return state
        }
    }
}

/// The two sides of an agent's books.
struct AgentState {
    /// Reports debited in the ledger, by metric.
    var debits: [UInt32: Int] = [:]
    /// Reports held in slots, queue and outbox, by metric.
    var reports: [UInt32: Int] = [:]
    /// The permanent responses of memoized slots.
    var permanentResponses: Set<[UInt8]> = []

    /// Whether some report has no debit.
    var hasUnpaidReport: Bool { reports.contains { $0.value > debits[$0.key] ?? 0 } }
}
