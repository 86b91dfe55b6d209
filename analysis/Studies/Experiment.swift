internal import Synchronization

/// Why an experiment gave no rows.
public enum StudyError: Error, Hashable, Sendable {
    /// The experiment runs on flights, and none were given.
    case flightsMissing(experiment: String)
    /// A mechanism or an estimator refused; the words are its own.
    case refused(experiment: String, reason: String)
}

/// An experiment whose outcome is known, from a paper or by a formula, run again on this implementation.
public struct Experiment: Sendable {
    /// Its name, such as `P1`.
    public let id: String
    /// What it is about, in one line.
    public let title: String
    /// Whether it cannot run without flights.
    public let needsFlights: Bool
    private let body: @Sendable (Laboratory) throws -> [StudyRow]

    init(
        _ id: String, _ title: String, needsFlights: Bool = false,
        _ body: @escaping @Sendable (Laboratory) throws -> [StudyRow]
    ) {
        (self.id, self.title, self.needsFlights, self.body) = (id, title, needsFlights, body)
    }

    /// Runs the experiment.
    ///
    /// - Complexity: from milliseconds to a minute on two cores, in a release build.
    public func rows(in laboratory: Laboratory) throws(StudyError) -> [StudyRow] {
        guard !needsFlights || laboratory.flights != nil else { throw .flightsMissing(experiment: id) }
        do { return try body(laboratory) } catch { throw .refused(experiment: id, reason: "\(error)") }
    }

    /// All experiments, in the order of the table.
    public static let all: [Experiment] =
        SurveyStudies.experiments + RapporStudies.experiments + SketchStudies.experiments + NumberStudies.experiments
        + HistogramStudies.experiments + StreamStudies.experiments + AssociationStudies.experiments
}

/// Real flights: what experiments on real data run on.
public struct FlightData: Hashable, Sendable {
    /// The flights of each route, such as `JFK-LAX`.
    public let routeCounts: [String: Int]
    /// The flights of each number of minutes in the air, as far as it was recorded.
    public let airTimeCounts: [Int: Int]

    /// Flights counted in these ways.
    public init(routeCounts: [String: Int], airTimeCounts: [Int: Int]) {
        (self.routeCounts, self.airTimeCounts) = (routeCounts, airTimeCounts)
    }
}

/// What experiments are run with: how large, and on which real data.
public final class Laboratory: Sendable {
    /// How much is simulated.
    public enum Scale: Hashable, Sendable {
        /// As the rules ask.
        case full
        /// Few and small runs, whose verdicts say nothing: for tests.
        case small
    }

    public let scale: Scale
    /// `nil` where none were given.
    public let flights: FlightData?
    /// Sketches that several experiments look at.
    let sketches = Mutex<[String: SketchOutcome]>([:])

    public init(scale: Scale = .full, flights: FlightData? = nil) { (self.scale, self.flights) = (scale, flights) }

    /// A number that depends on the scale.
    func count(_ full: Int, small: Int) -> Int { scale == .full ? full : small }
}
