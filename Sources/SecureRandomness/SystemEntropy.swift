internal import CPlatform

/// The kernel's generator. No user-space pool stands before it, so neither fork() nor a copied machine repeats a draw.
public enum SystemEntropy {
    /// Fills `buffer` from getrandom(2), resuming after signals and short reads.
    ///
    /// - Throws: ``RandomnessError/systemSourceFailed(errno:)``; there is no other source to fall back to.
    /// - Complexity: one system call per 256 bytes or fewer.
    public static func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(RandomnessError) {
        var filled = 0
        while filled < buffer.count {
            let remaining = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let written = dither_getrandom(remaining.baseAddress, remaining.count)
            if written > 0 {
                filled += written
            } else if written != -Int(EINTR) {
                throw .systemSourceFailed(errno: Int32(-written))
            }
        }
    }

    /// `count` fresh random bytes, for public identifiers; key material belongs in a ``SecretKey``.
    ///
    /// - Throws: ``RandomnessError/systemSourceFailed(errno:)``.
    public static func bytes(count: Int) throws(RandomnessError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let failure: RandomnessError? = bytes.withUnsafeMutableBytes { buffer in
            do throws(RandomnessError) {
                try fill(buffer)
                return nil
            } catch { return error }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Draws twice and refuses a source that repeats itself or gives only zeros.
    ///
    /// - Throws: ``RandomnessError/healthTestFailed`` and what ``fill(_:)`` throws. A sound source fails with
    ///   probability 2⁻²⁵⁵.
    public static func checkHealth() throws(RandomnessError) {
        let (first, second) = (try bytes(count: 32), try bytes(count: 32))
        guard first != second, first.contains(where: { $0 != 0 }), second.contains(where: { $0 != 0 }) else {
            throw .healthTestFailed
        }
    }
}
