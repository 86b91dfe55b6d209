internal import Foundation
internal import RegistryCompiler

/// The files that google/rappor's decoders write, in a folder of their own.
enum GoogleFiles {
    /// Writes each file as a whole, makes the folder first where there is none, and says what was written.
    ///
    /// - Throws: ``CommandError`` of status 1.
    static func write(_ files: [(name: String, text: String)], to folder: String) throws(CommandError) {
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw CommandError(
                .runtimeFailure, "--output-dir \(folder): cannot be made; name a folder, or a path that can become one")
        }
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        for file in files {
            do { try AtomicFile.write(Array(file.text.utf8), to: prefix + file.name) } catch {
                throw RegistryLoading.commandError(for: error)
            }
        }
        StandardStreams.tell("wrote " + files.map { prefix + $0.name }.joined(separator: " and "))
    }
}
