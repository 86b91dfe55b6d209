extension RegressionFamily {
    /// All families, in the order of the table; the heavy ones last.
    public static let all: [RegressionFamily] =
        [Shape.uniform, .normal, .exponential, .zipf, .steepZipf].flatMap(ofShape) + publications + heavy

    /// Those that take minutes each: run only by name or on demand.
    public static let heavy: [RegressionFamily] = [
        .init(
            "home_8616", .steepZipf, bits: 128, hashes: 2, cohorts: 32, noise: (0.75, 0.5, 0.75), absent: 8000,
            missesEveryTenth: true, reports: 14_000_000, values: 685),
        .init(
            "dictionary_100k", .zipf, bits: 128, hashes: 2, cohorts: 64, noise: (0.5, 0.5, 0.75), absent: 99_900,
            missesEveryTenth: false, reports: 1_000_000),
    ]

    /// Whether this is one of ``heavy``.
    public var isHeavy: Bool { Self.heavy.contains(self) }

    /// Whether this is there to be timed: its runs are few, and no rule about detections looks at them.
    public var isForTiming: Bool { name == "dictionary_100k" }

    private static func ofShape(_ shape: Shape) -> [RegressionFamily] {
        let million = 1_000_000
        func demo(_ suffix: String, reports: Int, drop: Int = 0) -> RegressionFamily {
            .init(
                "demo_\(shape.rawValue)_\(suffix)", shape, bits: 32, hashes: 1, cohorts: 64, noise: (0.5, 0.25, 0.75),
                absent: 100, missesEveryTenth: true, reports: reports, missingHeaviest: drop)
        }
        func typical(
            _ kind: String, absent: Int, reports: Int = 1_000_000, suffix: String = "_1M", drop: Int = 0
        ) -> RegressionFamily {
            .init(
                "\(kind)_\(shape.rawValue)\(suffix)", shape, bits: 8, hashes: 2, cohorts: 128,
                noise: (0.45, 0.39, 0.61), absent: absent, missesEveryTenth: true, reports: reports,
                missingHeaviest: drop)
        }
        func big(_ suffix: String, drop: Int = 0) -> RegressionFamily {
            .init(
                "big_\(shape.rawValue)_\(suffix)", shape, bits: 128, hashes: 2, cohorts: 64, noise: (0.5, 0.5, 0.75),
                absent: 1000, missesEveryTenth: true, reports: million, missingHeaviest: drop)
        }
        return [
            demo("1M", reports: million), demo("100k", reports: 100_000), demo("1M_drop2", reports: million, drop: 2),
            typical("typ", absent: 20),
            .init(
                "sharp_\(shape.rawValue)_1M", shape, bits: 8, hashes: 2, cohorts: 128, noise: (0.45, 0.39, 0.61),
                absent: 0, missesEveryTenth: false, reports: million),
            .init(
                "loose_\(shape.rawValue)_1M", shape, bits: 8, hashes: 2, cohorts: 128, noise: (0, 0.225, 0.775),
                absent: 20, missesEveryTenth: true, reports: million),
            typical("typ", absent: 20, suffix: "_1M_drop2", drop: 2),
            typical("overx2", absent: 200), typical("overx10", absent: 1000),
            big("1M"), big("1M_drop2", drop: 2),
            typical("overx10", absent: 1000, suffix: "_1M_drop2", drop: 2),
            typical("tiny", absent: 20, reports: 1000, suffix: ""),
        ]
    }

    /// The figures of papers and the parameters of deployments.
    private static let publications: [RegressionFamily] = {
        func p2(_ suffix: String, _ reports: Int) -> RegressionFamily {
            .init(
                "p2_exp_\(suffix)", .exponential, bits: 128, hashes: 2, cohorts: 16, noise: (0.5, 0.5, 0.75),
                absent: 100, missesEveryTenth: false, reports: reports)
        }
        func p5(_ suffix: String, _ reports: Int) -> RegressionFamily {
            .init(
                "p5_gauss10_\(suffix)", .narrowNormal, bits: 128, hashes: 2, cohorts: 16, noise: (0.5, 0.5, 0.75),
                absent: 0, missesEveryTenth: false, reports: reports)
        }
        func windows(_ name: String, drop: Int) -> RegressionFamily {
            .init(
                name, .zipf, bits: 128, hashes: 2, cohorts: 8, noise: (0.5, 0.5, 0.75), absent: 500,
                missesEveryTenth: true, reports: 1_000_000, missingHeaviest: drop)
        }
        return [
            .init(
                "p1_exp_700k", .steepExponential, bits: 16, hashes: 2, cohorts: 64, noise: (0.5, 0.5, 0.75),
                absent: 10, missesEveryTenth: false, reports: 700_000, values: 50),
            p2("1M", 1_000_000), p2("100k", 100_000),
            p5("1M", 1_000_000), p5("100k", 100_000), p5("10k", 10_000),
            .init(
                "chrome_zipf1_1M", .zipf, bits: 32, hashes: 2, cohorts: 128, noise: (0.5, 0.25, 0.75), absent: 100,
                missesEveryTenth: false, reports: 1_000_000),
            windows("win_zipf1_m8", drop: 0), windows("win_zipf1_m8_drop2", drop: 2),
        ]
    }()
}
