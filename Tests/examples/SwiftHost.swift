// A Swift program with a runtime of its own loads the library with another one inside, and both go on working. Programs in
// Swift take the package instead; but a plugin in C may bring the library into any of them.
import CTelemetryAgent
import Glibc

protocol Named { var name: String { get } }
struct Thing: Named, Hashable { var name = "thing" }

/// One event of each type, and what the calls answered.
func results() -> [CInt] {
    func variable(_ name: String) -> UnsafePointer<CChar>? { getenv(name).map { UnsafePointer($0) } }
    var options = dither_options()
    options.size = MemoryLayout<dither_options>.size
    options.metrics_path = variable("DITHER_METRICS")
    options.endpoint = variable("DITHER_ENDPOINT")
    options.state_folder = variable("DITHER_STATE_DIR")
    var agent: dither_agent = 0
    return [
        dither_open(&options, &agent),
        dither_record_category(agent, "colour", "red"),
        dither_record_string(agent, "greeting", "hello", 5),
        dither_record_number(agent, "seconds", 6.5),
        dither_record_boolean(agent, "finished", 1),
        dither_close(agent),
    ]
}

// Generics, existentials, casts and concurrency look into the runtime's tables.
let before = results()
let things: [any Named] = [Thing(), Thing()]
let isIntact = Set(things.compactMap { $0 as? Thing }).count == 1 && "\(things[0])".hasPrefix("Thing")
let answer = await Task { isIntact }.value
guard answer, before.allSatisfy({ $0 >= 0 }) else {
    fputs("results \(before), runtime intact: \(answer)\n", stderr)
    exit(1)
}
