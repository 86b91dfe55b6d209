// swift-tools-version: 6.2

import PackageDescription

/// What every Swift target of ours is compiled with.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// For targets that touch no C: every unsafe construct has to be spelled out.
let memorySafe = strict + [SwiftSetting.strictMemorySafety()]

/// For what computes: optimised in debug builds too, in which its tests would take ten times as long. Overflows and bounds
/// are checked all the same.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
    name: "dither",
    products: [
        .library(name: "TelemetryAgent", targets: ["TelemetryAgent", "MetricDefinitions"]),
        .library(name: "DitherABI", type: .static, targets: ["TelemetryAgentABI"]),
        .executable(name: "dither-agent", targets: ["dither-agent"]),
        .executable(name: "dither-collector", targets: ["dither-collector"]),
        .executable(name: "dither", targets: ["dither"]),
        .plugin(name: "MetricConstants", targets: ["MetricConstants"]),
        // What the package in Benchmarks/ measures.
        .library(
            name: "DitherCore",
            targets: [
                "LocalPrivacy", "ReportFormat", "SecureRandomness", "Mechanisms", "MetricDefinitions", "StoreFormat",
                "TelemetryAgent", "Estimation", "Studies", "StoreReader", "CKernels",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/attaswift/BigInt", exact: "6.0.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // ── Sources: the core. No Foundation, no socket, no file, no clock.
        .target(name: "LocalPrivacy", swiftSettings: memorySafe + optimized),
        .systemLibrary(name: "CPlatform", path: "Sources/CPlatform"),
        .systemLibrary(
            name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]),
        .target(name: "ReportFormat", dependencies: ["LocalPrivacy"], swiftSettings: memorySafe + optimized),
        .target(
            name: "SecureRandomness", dependencies: ["LocalPrivacy", "CPlatform", "CCrypto"],
            swiftSettings: strict + optimized),
        .target(
            name: "Mechanisms", dependencies: ["LocalPrivacy", "ReportFormat", "SecureRandomness"],
            swiftSettings: memorySafe + optimized),
        .target(
            name: "MetricDefinitions",
            dependencies: ["LocalPrivacy", "ReportFormat", "SecureRandomness", "Mechanisms"],
            swiftSettings: memorySafe),
        .systemLibrary(
            name: "CPostgres", path: "Sources/CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "PostgresClient", dependencies: ["CPostgres"], swiftSettings: strict),
        .target(
            name: "StoreFormat", dependencies: ["ReportFormat", "SecureRandomness"],
            swiftSettings: memorySafe + optimized),

        // ── clients
        .systemLibrary(
            name: "CSQLite", path: "clients/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(
            name: "CCurl", path: "clients/CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(
            name: "TelemetryAgent",
            dependencies: [
                "LocalPrivacy", "ReportFormat", "SecureRandomness", "Mechanisms", "MetricDefinitions", "CPlatform",
                "CSQLite", "CCurl",
            ],
            path: "clients/TelemetryAgent", swiftSettings: strict),
        .target(name: "CTelemetryAgent", path: "clients/CTelemetryAgent"),
        .target(
            name: "TelemetryAgentABI",
            dependencies: [
                "TelemetryAgent", "LocalPrivacy", "MetricDefinitions", "Mechanisms", "ReportFormat",
                "SecureRandomness", "CPlatform", "CTelemetryAgent",
            ],
            path: "clients/TelemetryAgentABI", swiftSettings: strict),
        .executableTarget(
            name: "dither-agent",
            dependencies: ["TelemetryAgent", "LocalPrivacy", "MetricDefinitions", "Mechanisms", "ReportFormat"],
            path: "clients/dither-agent", swiftSettings: strict),
        .executableTarget(
            name: "telemetry-example", dependencies: ["TelemetryAgent", "MetricDefinitions"],
            path: "clients/examples/swift", exclude: ["PRIVACY.html", "PRIVACY.md"], swiftSettings: strict,
            plugins: ["MetricConstants"]),
        .target(
            name: "FleetSimulator",
            dependencies: [
                "TelemetryAgent", "LocalPrivacy", "ReportFormat", "SecureRandomness", "Mechanisms",
                "MetricDefinitions",
            ],
            path: "clients/FleetSimulator", swiftSettings: strict),

        // ── collector
        .target(
            name: "CollectorSettings", dependencies: [.product(name: "Yams", package: "Yams")],
            path: "collector/CollectorSettings", swiftSettings: strict),
        .target(
            name: "CollectorService",
            dependencies: [
                "CollectorSettings", "LocalPrivacy", "ReportFormat", "SecureRandomness", "Mechanisms",
                "MetricDefinitions", "StoreFormat", "PostgresClient",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "collector/CollectorService", swiftSettings: strict),
        .executableTarget(
            name: "dither-collector",
            dependencies: [
                "CollectorService", "CollectorSettings", "MetricDefinitions", "ReportFormat",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "collector/dither-collector", swiftSettings: strict),

        // ── analysis
        .target(name: "CKernels", path: "analysis/CKernels"),
        .target(
            name: "Estimation",
            dependencies: [
                "LocalPrivacy", "ReportFormat", "SecureRandomness", "Mechanisms", "MetricDefinitions", "CKernels",
            ],
            path: "analysis/Estimation", swiftSettings: strict + optimized),
        .target(
            name: "Planning",
            dependencies: ["LocalPrivacy", "ReportFormat", "Mechanisms", "MetricDefinitions", "Estimation"],
            path: "analysis/Planning", swiftSettings: strict + optimized),
        .target(
            name: "Auditing",
            dependencies: [
                "LocalPrivacy", "ReportFormat", "SecureRandomness", "Mechanisms", "MetricDefinitions", "Estimation",
            ],
            path: "analysis/Auditing", swiftSettings: strict + optimized),
        .target(
            name: "Studies",
            dependencies: [
                "LocalPrivacy", "ReportFormat", "SecureRandomness", "Mechanisms", "MetricDefinitions", "Estimation",
                "Planning", "Auditing",
            ],
            path: "analysis/Studies", swiftSettings: strict + optimized),
        .target(
            name: "StoreReader",
            dependencies: [
                "ReportFormat", "StoreFormat", "PostgresClient", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            path: "analysis/StoreReader", swiftSettings: strict + optimized),
        .target(
            name: "RegistryCompiler",
            dependencies: [
                "LocalPrivacy", "ReportFormat", "SecureRandomness", "Mechanisms", "MetricDefinitions", "Planning",
                .product(name: "Yams", package: "Yams"),
            ],
            path: "analysis/RegistryCompiler", swiftSettings: strict),
        .target(
            name: "Reports", dependencies: ["RegistryCompiler", "SecureRandomness"], path: "analysis/Reports",
            swiftSettings: strict),
        .executableTarget(
            name: "metric-constants", dependencies: ["RegistryCompiler", "ReportFormat"],
            path: "analysis/metric-constants", swiftSettings: strict),
        .plugin(
            name: "MetricConstants", capability: .buildTool(), dependencies: ["metric-constants"],
            path: "analysis/MetricConstants"),
        .target(
            name: "DecoderCommands",
            dependencies: [
                "LocalPrivacy", "ReportFormat", "SecureRandomness", "Mechanisms", "MetricDefinitions", "Estimation",
                "StoreFormat", "StoreReader", "PostgresClient", "RegistryCompiler", "Reports", "Planning", "Auditing",
                "Studies",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "analysis/DecoderCommands", swiftSettings: strict),
        // A target of its own, so that nothing but the program takes a server along.
        .target(
            name: "Dashboard",
            dependencies: [
                "DecoderCommands", "ReportFormat", "Reports", "SecureRandomness",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "analysis/Dashboard", swiftSettings: strict),
        .executableTarget(
            name: "dither",
            dependencies: [
                "Dashboard", "DecoderCommands", "RegistryCompiler", "FleetSimulator", "Estimation", "LocalPrivacy",
                "Mechanisms", "MetricDefinitions", "ReportFormat", "SecureRandomness",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "analysis/dither", swiftSettings: strict),

        // ── Tests
        .target(
            name: "TestSupport",
            dependencies: [
                "LocalPrivacy", "ReportFormat", "SecureRandomness", "Mechanisms", "MetricDefinitions", "PostgresClient",
                .product(name: "BigInt", package: "BigInt"),
            ],
            path: "Tests/TestSupport", swiftSettings: strict + optimized),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "TelemetryAgent", "CollectorSettings", "MetricDefinitions", "ReportFormat", "SecureRandomness",
                "CPlatform",
            ],
            path: "Tests/Fuzzing/FuzzTargets", swiftSettings: strict),
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzzing/fuzz", swiftSettings: strict),
        .testTarget(
            name: "FuzzingTests", dependencies: ["FuzzTargets", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "LocalPrivacyTests",
            dependencies: ["LocalPrivacy", "TestSupport", .product(name: "BigInt", package: "BigInt")],
            swiftSettings: strict + optimized),
        .testTarget(
            name: "SecureRandomnessTests", dependencies: ["SecureRandomness", "LocalPrivacy", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ReportFormatTests",
            dependencies: ["ReportFormat", "MetricDefinitions", "SecureRandomness", "LocalPrivacy", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "MechanismsTests",
            dependencies: [
                "Mechanisms", "MetricDefinitions", "Estimation", "LocalPrivacy", "ReportFormat", "SecureRandomness",
                "TestSupport", .product(name: "BigInt", package: "BigInt"),
            ],
            swiftSettings: strict + optimized),
        .testTarget(
            name: "MetricDefinitionsTests",
            dependencies: [
                "MetricDefinitions", "Mechanisms", "LocalPrivacy", "ReportFormat", "SecureRandomness", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TelemetryAgentTests",
            dependencies: [
                "TelemetryAgent", "MetricDefinitions", "Mechanisms", "LocalPrivacy", "ReportFormat",
                "SecureRandomness", "TestSupport", "dither-agent", "agent-host",
            ],
            swiftSettings: strict),
        // A host in C, for tests that kill, fork and dump a process.
        .executableTarget(
            name: "agent-host", dependencies: ["CTelemetryAgent", "TelemetryAgentABI"], path: "Tests/agent-host"),
        .executableTarget(
            name: "abi-host", dependencies: ["CTelemetryAgent", "TelemetryAgentABI"], path: "Tests/abi-host"),
        .testTarget(
            name: "TelemetryAgentABITests",
            dependencies: [
                "abi-host", "TelemetryAgentABI", "CTelemetryAgent", "TelemetryAgent", "MetricDefinitions", "Mechanisms",
                "LocalPrivacy", "ReportFormat", "SecureRandomness", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "FleetSimulatorTests",
            dependencies: [
                "FleetSimulator", "MetricDefinitions", "Mechanisms", "ReportFormat", "SecureRandomness",
                "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CollectorServiceTests",
            dependencies: [
                "CollectorService", "CollectorSettings", "StoreFormat", "PostgresClient", "StoreReader",
                "MetricDefinitions", "Mechanisms",
                "LocalPrivacy", "ReportFormat",
                "SecureRandomness", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        // What Benchmarks/ingest needs of the collector: batches, the server without a store, the store without one.
        .executableTarget(
            name: "ingest-host",
            dependencies: [
                "CollectorService", "CollectorSettings", "MetricDefinitions", "Mechanisms", "LocalPrivacy",
                "ReportFormat", .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/ingest-host", swiftSettings: strict),
        // What Benchmarks needs of the agent: its uploads, which no public call makes alone.
        .executableTarget(
            name: "upload-host",
            dependencies: ["TelemetryAgent", "LocalPrivacy", "MetricDefinitions", "Mechanisms", "ReportFormat"],
            path: "Tests/upload-host", swiftSettings: strict),
        // Whose instructions and allocations scripts/check_costs.py counts.
        .executableTarget(
            name: "cost-host", dependencies: ["LocalPrivacy", "Mechanisms", "ReportFormat", "SecureRandomness"],
            path: "Tests/cost-host", exclude: ["limits.json"], swiftSettings: strict),
        // Kills, cuts and starves the real process; the long forms are `make torture`.
        .testTarget(
            name: "CollectorTortureTests",
            dependencies: [
                "dither-collector", "MetricDefinitions", "Mechanisms", "LocalPrivacy", "ReportFormat", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EstimationTests",
            dependencies: [
                "Estimation", "Mechanisms", "MetricDefinitions", "LocalPrivacy", "ReportFormat", "SecureRandomness",
                "CKernels", "TestSupport",
            ],
            swiftSettings: strict + optimized),
        .testTarget(
            name: "PlanningTests",
            dependencies: [
                "Planning", "Estimation", "Mechanisms", "MetricDefinitions", "LocalPrivacy", "ReportFormat",
                "TestSupport",
            ],
            swiftSettings: strict + optimized),
        .testTarget(
            name: "AuditingTests",
            dependencies: [
                "Auditing", "Estimation", "Mechanisms", "MetricDefinitions", "LocalPrivacy", "ReportFormat",
                "SecureRandomness", "TestSupport",
            ],
            swiftSettings: strict + optimized),
        .testTarget(
            name: "StudiesTests",
            dependencies: [
                "Studies", "Planning", "Auditing", "Estimation", "Mechanisms", "MetricDefinitions", "LocalPrivacy",
                "ReportFormat", "SecureRandomness", "TestSupport",
            ],
            swiftSettings: strict + optimized),
        .testTarget(
            name: "RegistryCompilerTests",
            dependencies: [
                "RegistryCompiler", "MetricDefinitions", "Mechanisms", "LocalPrivacy", "ReportFormat", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ReportsTests",
            dependencies: ["Reports", "RegistryCompiler", "MetricDefinitions", "SecureRandomness", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "Dashboard", "DecoderCommands", "Reports", "StoreFormat", "MetricDefinitions", "ReportFormat",
                "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DecoderCommandsTests",
            dependencies: [
                "DecoderCommands", "Reports", "StoreReader", "StoreFormat", "Estimation", "RegistryCompiler",
                "MetricDefinitions", "Mechanisms", "LocalPrivacy", "ReportFormat", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "Mechanisms", "MetricDefinitions", "ReportFormat", "LocalPrivacy", "PostgresClient",
                "StoreFormat",
                "dither", "dither-agent", "dither-collector", "telemetry-example",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// The example's plugin has the package manager build a compiler of registries before anything else, which is two minutes
// of every release build. Whoever builds products alone leaves it out, and its tests.
if Context.environment["DITHER_WITHOUT_EXAMPLE"] != nil {
    package.targets.removeAll { ["telemetry-example", "EndToEndTests"].contains($0.name) }
}

// Only these tests and what they need: a sanitizer's build of all the others takes longer than it runs.
if let tests = Context.environment["DITHER_ONLY"] {
    var (kept, waiting) = (Set<String>(), [tests])
    while let name = waiting.popLast() {
        guard kept.insert(name).inserted else { continue }
        guard let target = package.targets.first(where: { $0.name == name }) else { continue }
        for case .byNameItem(let dependency, _) in target.dependencies { waiting.append(dependency) }
    }
    package.targets.removeAll { !kept.contains($0.name) }
    package.products = []
}
