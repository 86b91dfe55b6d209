import Foundation
import PackagePlugin

/// Gives a target an enumeration with a function for each metric of its registry.
///
/// The registry is the file `metrics.yaml` in the target's folder; or the one that the file `metrics.location` there names
/// in its first line, by its path from the package's folder.
@main
struct MetricConstants: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let module = target.sourceModule else { return [] }
        let registry = try registry(of: module, in: context.package.directoryURL)
        let lock = registry.deletingPathExtension().appendingPathExtension("lock")
        let location = module.directoryURL.appending(path: "metrics.location")
        let output = context.pluginWorkDirectoryURL.appending(path: "MetricConstants.swift")
        return [
            .buildCommand(
                displayName: "Generating constants from \(registry.lastPathComponent)",
                executable: try context.tool(named: "metric-constants").url,
                arguments: [registry.path(percentEncoded: false), output.path(percentEncoded: false)],
                // The package manager takes these for handled, so that nobody has to exclude them from the target.
                inputFiles: [registry] + [lock, location].filter { FileManager.default.fileExists(atPath: $0.path) },
                outputFiles: [output])
        ]
    }

    private func registry(of module: any SourceModuleTarget, in package: URL) throws -> URL {
        let folder = module.directoryURL
        let own = folder.appending(path: "metrics.yaml"), location = folder.appending(path: "metrics.location")
        if FileManager.default.fileExists(atPath: own.path) { return own }
        guard let text = try? String(contentsOf: location, encoding: .utf8),
            let path = text.split(separator: "\n").first, !path.isEmpty
        else { throw Failure.noRegistry(target: module.name) }
        return package.appending(path: String(path))
    }

    /// Why a target gets no constants.
    enum Failure: Error, CustomStringConvertible {
        case noRegistry(target: String)

        var description: String {
            switch self {
            case .noRegistry(let target):
                "target '\(target)' has no metrics.yaml, and no metrics.location that names one. Add a registry, or take "
                    + "the plugin MetricConstants from the target"
            }
        }
    }
}
