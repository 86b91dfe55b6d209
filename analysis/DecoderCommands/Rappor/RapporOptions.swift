public import ArgumentParser
public import Estimation

/// What the commands for google/rappor's files share: the parameters, and whose client made the reports.
struct RapporOptions: ParsableArguments {
    @Option(help: "The parameters: google/rappor's params.csv, with the columns k,h,m,p,q,f.")
    var params: String

    @Option(
        help: """
            Whose reports they are: python, cpp or java. It decides how f was rounded to a multiple of 1/128, and which \
            bits a string sets. Without it, f is taken as it stands, as google/rappor's decoder does, and bits are \
            those of Python and C++.
            """)
    var client: RapporClient?

    static func validate(alpha: Double) throws {
        guard alpha > 0, alpha < 1 else {
            throw ValidationError("--alpha \(alpha): is not between 0 and 1. Write, for 5 %, 0.05")
        }
    }

    /// The parameters, with the noise that the client made of them.
    func read() throws(CommandError) -> RapporParameters { try Self.parameters(reading: params, client: client) }

    /// The parameters of a file, with the noise that a client made of them.
    static func parameters(
        reading params: String, client: RapporClient?
    ) throws(CommandError) -> RapporParameters {
        let nominal = try RapporParameters(reading: params)
        guard let client else { return nominal }
        do { return try nominal.realised(by: client) } catch {
            throw CommandError(
                .validationFailed,
                "\(params): the \(client.rawValue) client makes f = \(client.realisedNoise(nominal.permanentNoise)) of f = "
                    + "\(nominal.permanentNoise), which leaves nothing of any value. \(error.remedy)")
        }
    }
}

extension RapporClient: ExpressibleByArgument {}
