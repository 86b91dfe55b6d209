internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms

/// What the same ε gives where one party is trusted with all values and adds noise to the result alone.
///
/// Of shares it releases every count with two-sided geometric noise [GRS09]: a device that changes its value changes two
/// counts by 1, so each gets a = e^(−ε/2), a variance of 2a/(1 − a)². Of two values one count is enough, since the number of
/// devices is known: a = e^(−ε). Of a mean it releases the sum with Laplace noise of
/// scale 1/ε in units of the range. It knows the values of its devices, so that the noise is its only error; where the
/// question is about the population, drawing the devices is another.
struct TrustedCurator {
    let question: PlanQuestion
    /// The standard error of a count, or of the sum in units of the range.
    let deviation: Double

    init(_ question: PlanQuestion, epsilon: Epsilon) {
        self.question = question
        let nats = Double(epsilon.thousandths) / 1000
        if question.domain == .range {
            deviation = 2.0.squareRoot() / nats
        } else {
            let counts = question.domain == .items(2) ? 1.0 : 2
            // a over (1 − a)² without cancellation: 1 / (4·sinh²(ε/2)) for a = e^(−ε).
            deviation = 2.0.squareRoot() / (2 * sinh(nats / (2 * counts)))
        }
    }

    /// How many devices it needs for an error in the question's measure, from (σ/n)² + s/n = w², with w the standard
    /// error that belongs to the error and s the variance of drawing one device.
    func deviceCount(error: Double) -> Double {
        let width: Double
        switch question.measure {
        case .value:
            width = error / NormalDistribution.quantile(centralProbability: question.confidence.probability)
        case .total: width = error / (Double(question.valueCount) * (2 / Double.pi).squareRoot())
        }
        let frequency = question.frequency
        let drawing =
            switch (question.scope, question.domain) {
            case (.sample, _): 0.0
            case (.population, .range): 0.25
            case (.population, _): frequency * (1 - frequency)
            }
        let root = (drawing * drawing + 4 * width * width * deviation * deviation).squareRoot()
        return max(1, (drawing + root) / (2 * width * width))
    }
}
