/// Why public parameters describe no mechanism. Holds parameters only, never a recorded value.
public enum ParameterError: Error, Hashable, Sendable {
    /// ε is an integer number of thousandths in `1...16,000`.
    case epsilonOutOfRange(thousandths: Int)
    /// A budget is an integer number of thousandths in `0...1,000,000,000`.
    case budgetOutOfRange(thousandths: Int)
    /// The domain has fewer or more categories than the mechanism can tell apart.
    case categoryCountOutOfRange(count: Int, allowed: ClosedRange<Int>)
    /// The sampled threshold gives less noise than the declared ε needs, or has a lie as likely as the truth.
    case thresholdOutOfRange(threshold: UInt64, allowed: ClosedRange<UInt64>)
    /// The realised loss of the sampled integers is above the declared ε.
    case lossAboveEpsilon(loss: PrivacyLoss, epsilon: Epsilon)
    /// The ratio of two likelihoods has a logarithm above what a ``PrivacyLoss`` can hold, or is infinite.
    case lossTooLarge
    /// A memoized metric needs an ε of one report below its permanent ε: the difference is the fresh noise.
    case epsilonNotBelowPermanent(epsilon: Epsilon, permanent: Epsilon)
    /// A parameter that the mechanism needs is not declared.
    case missingParameter(name: String)
    /// The mechanism knows no parameter of this name.
    case unknownParameter(name: String)
    /// A count is outside what the mechanism allows.
    case countOutOfRange(name: String, count: Int, allowed: ClosedRange<Int>)
    /// A count has to be a power of two.
    case notAPowerOfTwo(name: String, count: Int)
    /// A count has to be a power of a prime.
    case notAPrimePower(name: String, count: Int)
    /// The mechanism does not take values of the declared type.
    case domainNotTaken(takes: String)
    /// The mechanism has no way to report that nothing happened.
    case absenceNotTaken
    /// A probability is outside what the mechanism allows; in words, since the bounds depend on others.
    case probabilityOutOfRange(name: String, allowed: String)
    /// Two ways of declaring the noise exclude each other.
    case conflictingParameters(String, String)
    /// A pair names a mechanism that there is not in its form, or another pair.
    case unknownComponent(mechanism: String, memoized: Bool)
    /// What is wrong with one of the two mechanisms of a pair, `first` or `second`.
    indirect case component(name: String, ParameterError)
    /// Of the two mechanisms of a pair only one reports "no event".
    case absenceInOneComponent
    /// The two mechanisms of a pair have cohorts, and not equally many: a device has one for both.
    case cohortCountsDiffer(first: Int, second: Int)
    /// libcrypto lacks an algorithm that the mechanism cannot do without, as MD5 under a FIPS provider.
    case algorithmUnavailable(name: String)
    /// libcrypto could not compute a digest of the parameters.
    case digestUnavailable
}
