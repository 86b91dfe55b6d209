internal import Foundation

/// Files that are replaced as a whole: whoever reads finds all of the old content or all of the new.
package enum AtomicFile {
    /// Writes beside the file, makes that durable, and renames it over the file. What is there and is no plain file, such
    /// as a device or a pipe, is written to as it is.
    ///
    /// - Throws: ``RegistryError/unwritable(path:errno:)``; the file is then as it was.
    package static func write(_ bytes: [UInt8], to path: String) throws(RegistryError) {
        let draft = try FileDraft.make(replacing: path)
        try draft.append(bytes)
        try draft.commit()
    }

    static func append(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(RegistryError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .unwritable(path: path, errno: errno)
            }
            rest = rest.dropFirst(count)
        }
    }
}
