internal import ArgumentParser
internal import RegistryCompiler

/// The file that `--plot` names.
struct PlotFile {
    /// How every command's help says it.
    static let help: ArgumentHelp = ArgumentHelp(
        "Also draw it: an SVG file that needs nothing else, light or dark as its reader's system is.", valueName: "svg")

    private let path: String

    /// - Parameter inputs: what the command reads, which a picture must not replace, and what it is called.
    /// - Throws: ``CommandError`` of status 2 for such a file.
    init(_ path: String, besides inputs: [(path: String, name: String)] = []) throws(CommandError) {
        try RegistryLoading.refuseOverwriting(inputs, by: path, option: "--plot", example: "out.svg")
        self.path = path
    }

    /// Writes a picture beside the file and renames it over it.
    ///
    /// - Throws: ``CommandError`` of status 1 where it cannot be written; the file is then as it was.
    func write(_ picture: String) throws(CommandError) {
        do { try AtomicFile.write(Array(picture.utf8), to: path) } catch {
            throw RegistryLoading.commandError(for: error)
        }
    }
}
