internal import Glibc
internal import Testing

/// Runs a closure in a forked child and hands its words back through a pipe.
public enum Forked {
    /// The child's words; `nil` if it died or failed.
    public static func words(count: Int, of body: () throws -> [UInt64]) throws -> [UInt64]? {
        // Swift's Glibc module hides fork(); the symbol is there.
        let symbol = try #require(dlsym(nil, "fork"))
        let fork = unsafeBitCast(symbol, to: (@convention(c) () -> pid_t).self)
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let child = fork()
        if child == 0 {
            alarm(30)
            let words = (try? body()) ?? []
            let written = words.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
            _exit(written == 8 * count ? 0 : 1)
        }
        close(ends[1])
        defer { close(ends[0]) }
        var words = [UInt64](repeating: 0, count: count)
        let readCount = words.withUnsafeMutableBytes { read(ends[0], $0.baseAddress, $0.count) }
        var status: Int32 = 0
        guard child > 0, waitpid(child, &status, 0) == child, status == 0, readCount == 8 * count else { return nil }
        return words
    }

    /// Makes getrandom(2) fail with EPERM in this process, for good; `false` where the kernel has no seccomp filters.
    public static func denyRandomness() -> Bool {
        #if arch(x86_64)
            let getrandom: UInt32 = 318
        #else
            let getrandom: UInt32 = 278
        #endif
        let (load, jumpIfEqual, answer): (UInt16, UInt16, UInt16) = (0x20, 0x15, 0x06)
        let program = [
            Instruction(code: load, operand: 0), Instruction(code: jumpIfEqual, ifFalse: 1, operand: getrandom),
            Instruction(code: answer, operand: 0x0005_0000 | UInt32(EPERM)),
            Instruction(code: answer, operand: 0x7FFF_0000),
        ]
        // Variadic in C, which Swift does not import; integers are passed alike.
        guard let symbol = dlsym(nil, "prctl") else { return false }
        let prctl = unsafeBitCast(symbol, to: (@convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32).self)
        let (setNoNewPrivileges, setSeccomp, filter): (Int32, Int32, UInt) = (38, 22, 2)
        return program.withUnsafeBufferPointer { instructions in
            let description = Program(count: UInt16(instructions.count), instructions: instructions.baseAddress)
            return withUnsafePointer(to: description) { pointer in
                prctl(setNoNewPrivileges, 1, 0, 0, 0) == 0
                    && prctl(setSeccomp, filter, UInt(bitPattern: pointer), 0, 0) == 0
            }
        }
    }

    /// The kernel's `sock_filter`.
    private struct Instruction {
        var code: UInt16, ifTrue: UInt8 = 0, ifFalse: UInt8 = 0, operand: UInt32
    }

    /// The kernel's `sock_fprog`.
    private struct Program {
        var count: UInt16, instructions: UnsafePointer<Instruction>?
    }
}
