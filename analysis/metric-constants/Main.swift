internal import Foundation
internal import RegistryCompiler
internal import ReportFormat

/// What the plugin MetricConstants runs: `metric-constants REGISTRY OUTPUT` is `dither registry generate swift REGISTRY -o
/// OUTPUT`, from fewer packages, since every host of the plugin has to build it.
@main
struct MetricConstantsTool {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else {
            tell("usage: metric-constants REGISTRY OUTPUT")
            exit(2)
        }
        do throws(RegistryError) {
            let today = UTCDay(containing: Int64(Date().timeIntervalSince1970))
            let source = try RegistrySource.load(path: arguments[1], today: today, expiry: .note)
            for note in source.notes + [source.lockNote].compactMap(\.self) { tell(note.description) }
            guard let code = try? GeneratedCode.text(of: source.set, in: .swift) else {
                tell("\(arguments[1]): error: 'project' holds no word that names can begin with. Use letters.")
                exit(4)
            }
            try GeneratedCode.write(code, to: arguments[2])
        } catch {
            if case .refused(let findings) = error { findings.forEach { tell($0.description) } }
            tell("error: " + error.message)
            exit(4)
        }
    }

    private static func tell(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data((printable(line) + "\n").utf8))
    }
}
