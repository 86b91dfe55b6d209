// The C interface names its functions.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CTelemetryAgent
internal import TelemetryAgent

@c @implementation
public func dither_open(
    _ options: UnsafePointer<dither_options>?, _ agent: UnsafeMutablePointer<dither_agent>?
) -> CInt {
    call { () throws(Failure) in
        guard let agent else { throw missing("agent") }
        agent.pointee = 0
        guard let options else { throw missing("options") }
        let configuration = try configuration(from: try known(options))
        let opened: BackgroundAgent
        do throws(AgentError) { opened = try BackgroundAgent(configuration) } catch { throw Failure(error) }
        do throws(HandleTable.Refusal) { agent.pointee = try HandleTable.shared.insert(opened) } catch {
            throw Failure(error)
        }
        return CInt(DITHER_OK)
    }
}

/// The caller's options as far as both sides know them: what an older caller does not know is not set, and what this
/// library does not know must not be.
private func known(_ options: UnsafePointer<dither_options>) throws(Failure) -> dither_options {
    let size = UnsafeRawPointer(options).load(as: Int.self)
    // Half a pointer would be one to somewhere else.
    guard size >= MemoryLayout<Int>.size, size <= sizeLimit, size.isMultiple(of: MemoryLayout<Int>.size) else {
        throw Failure(DITHER_E_ARGUMENT, "options->size is not set. Begin with DITHER_OPTIONS_INIT.")
    }
    let given = UnsafeRawBufferPointer(start: options, count: size)
    var known = dither_options()
    let isKnown = withUnsafeMutableBytes(of: &known) { known in
        for index in given.indices {
            if index < known.count { known[index] = given[index] } else if given[index] != 0 { return false }
        }
        return true
    }
    guard isKnown else {
        throw Failure(
            DITHER_E_ARGUMENT, "options sets a field that this library does not know. Use a newer library.")
    }
    return known
}

private func configuration(from options: dither_options) throws(Failure) -> Agent.Configuration {
    let metricSet = try metricSet(from: options)
    let url = try text(options.endpoint, "endpoint")
    let endpoint: Endpoint
    do throws(AgentError) { endpoint = try Endpoint(url) } catch { throw Failure(error) }
    var configuration = Agent.Configuration(
        metricSet: metricSet, endpoint: endpoint, stateFolder: try path(options.state_folder, "state_folder"))
    if options.ca_file != nil {
        let file = try path(options.ca_file, "ca_file")
        do throws(AgentError) { try CertificateFile.check(file) } catch {
            throw Failure(DITHER_E_ARGUMENT, "ca_file: \(error)")
        }
        configuration.certificateFile = file
    }
    if options.token_file != nil {
        let file = try path(options.token_file, "token_file")
        do throws(AgentError) { try EnrolmentToken.check(file) } catch {
            throw Failure(DITHER_E_ARGUMENT, "token_file: \(error)")
        }
        configuration.tokenFile = file
    }
    if options.key_pin != nil {
        let pin = try text(options.key_pin, "key_pin")
        do throws(AgentError) { configuration.keyPin = try KeyPin(pin) } catch { throw Failure(error) }
    }
    if options.registry_keys != nil {
        let keys = try text(options.registry_keys, "registry_keys")
        do throws(AgentError) { configuration.registryKeys = try RegistryKeys.parsed(keys) } catch {
            throw Failure(DITHER_E_ARGUMENT, "registry_keys: \(error)")
        }
    }
    return configuration
}
