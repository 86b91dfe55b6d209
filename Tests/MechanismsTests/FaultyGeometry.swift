import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness

/// A projective geometry response with one planted fault.
struct FaultyGeometry: LocalRandomizer, ExactlyAuditable {
    enum Fault: Sendable {
        case none
        /// A lie is any point, as if those of the hyperplane were none.
        case liesAnywhere
        case epsilonForHalfOfIt
        /// Members are chosen by the remainder of four bits, which the first of them get more often.
        case biasedModulo
        /// The hyperplane of the next item.
        case offByOne
        /// A point is drawn anew until it lies off the hyperplane.
        case redrawn
    }

    static let identifier = "faulty_geometry"

    /// The mechanism whose likelihoods are claimed.
    var base: ProjectiveGeometryResponse
    var fault = Fault.none
    var claimedEpsilon: Epsilon

    init(configuration: ProjectiveGeometryResponse.Configuration) throws(ParameterError) {
        base = try ProjectiveGeometryResponse(configuration: configuration)
        claimedEpsilon = base.epsilon
    }

    /// Four values over GF(3), with 13 points.
    init(epsilon: Int, fault: Fault) throws(ParameterError) {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: fault == .epsilonForHalfOfIt ? 2 * epsilon : epsilon),
            domain: .items(4), reportsAbsence: false,
            parameters: ["field_order": DeclaredNumber(3), "dimension": DeclaredNumber(3)])
        try self.init(configuration: .init(declared: declared))
        (self.fault, claimedEpsilon) = (fault, try Epsilon(thousandths: epsilon))
    }

    var configuration: ProjectiveGeometryResponse.Configuration { base.configuration }
    var epsilon: Epsilon { claimedEpsilon }
    var loss: PrivacyLoss { base.loss }
    var shape: Int { base.shape }
    var noiseWordCount: Int { base.noiseWordCount }
    var allReports: [CategoryReport] { base.allReports }
    var likelihoodBitCount: Int { base.likelihoodBitCount }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Int {
        try base.input(from: input, on: device)
    }

    func randomize<Source: NoiseSource & ~Copyable>(_ value: Int, using source: inout Source) -> CategoryReport {
        let isLie = { (word: UInt64) in word < base.configuration.lieThreshold }
        var words = Words([source.next(), source.next()])
        switch fault {
        case .liesAnywhere where isLie(words.words[0]):
            return CategoryReport(category: Int(words.words[1].multipliedFullWidth(by: UInt64(shape)).high))
        case .biasedModulo:
            let count = UInt64(isLie(words.words[0]) ? 9 : 4)
            words.words[1] = (words.words[1] >> 60) % count * (.max / count) + (.max / count / 2)
        case .redrawn where isLie(words.words[0]): words.words[1] = source.next()
        default: break
        }
        return base.randomize(fault == .offByOne ? (value + 1) % 4 : value, using: &words)
    }

    func likelihood(of report: CategoryReport, given item: Int) -> WideUnsigned {
        base.likelihood(of: report, given: item)
    }
}

/// Words that are there already.
private struct Words: NoiseSource {
    var words: [UInt64]
    private var position = 0

    init(_ words: [UInt64]) { self.words = words }

    mutating func next() -> UInt64 {
        defer { position += 1 }
        return words[position]
    }
}
