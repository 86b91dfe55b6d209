// The C interface names its functions.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import CTelemetryAgent

/// The version's text, which lives as long as the process.
private let version: StaticString = "0.1.0"

@c @implementation
public func dither_version() -> UnsafePointer<CChar>? {
    UnsafeRawPointer(version.utf8Start).assumingMemoryBound(to: CChar.self)
}
