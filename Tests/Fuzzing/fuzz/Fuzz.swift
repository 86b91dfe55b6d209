internal import FuzzTargets
internal import Glibc

/// The target that the environment names.
private let target: FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        print("FUZZ_TARGET is one of: \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
        exit(2)
    }
    return target
}()

#if FUZZING
    /// What libFuzzer calls.
    @c(LLVMFuzzerTestOneInput)
    public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
    }
#else
    /// Without a fuzzer: gives the files of the command line to the target, to look into a finding.
    @main
    struct Replay {
        static func main() {
            for path in CommandLine.arguments.dropFirst() {
                guard let bytes = contents(ofFile: path) else {
                    print("\(path): cannot be read")
                    exit(1)
                }
                target.run(bytes)
            }
        }
    }
#endif
