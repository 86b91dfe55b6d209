internal import Glibc
internal import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness

extension Agent {
    /// The open state of a device with consent; opened anew where another process has withdrawn and consented since.
    func session() throws(AgentError) -> Session {
        if let opened {
            let registry = try folder.identity(of: Self.registryName, isImmutable: true)
            if try stateFiles() + [registry] == opened.files { return opened }
        }
        opened = nil
        guard try folder.exists() else { throw .secretLost(.missing) }
        let session = try open(makingSecret: false)
        opened = session
        return session
    }

    /// Opens the state folder.
    ///
    /// - Parameter makingSecret: whether consent is being given, so that a secret that is not there is made. Else one
    ///   that is not there, or not to be used, was lost.
    func open(makingSecret: Bool) throws(AgentError) -> Session {
        var (secret, problem): (SecretKey?, SecretProblem?)
        do throws(AgentError) { secret = try secretStore.load() } catch {
            guard case .secretLost(let found) = error, !makingSecret else { throw error }
            problem = found
        }
        let hasLedger = try folder.has(Self.databaseName)
        if !makingSecret {
            if secret == nil, problem == nil { problem = .missing }
            guard hasLedger else { throw problem.map { .secretLost($0) } ?? .ledgerLost }
        }
        try folder.prepare(Self.databaseName)
        let store = try SQLiteStore(path: folder.path(of: Self.databaseName))
        let loss = SecretLoss(
            store: store, secrets: try secretStore, calendar: calendar(on: store),
            seconds: configuration.clock.secondsSinceEpoch())
        let key: SecretKey
        if let secret {
            try loss.forget()
            key = secret
        } else if let problem {
            key = try loss.replacement(for: problem)
        } else {
            let today = UTCDay(containing: configuration.clock.secondsSinceEpoch())
            key = try secretStore.loadOrCreate(on: today, generation: 1)
        }
        let clock = configuration.clock
        // Before its content: a file that takes its place meanwhile is noticed at the next call.
        let registry = try folder.identity(of: Self.registryName, isImmutable: true)
        let (reduction, unremembered) = try reduction(in: store)
        let device = try Device(
            metricSet: configuration.metricSet, reduction: reduction, secret: key, store: store
        ) { clock.uptime() }
        let session = Session(store: store, device: device, files: try stateFiles() + [registry])
        if let unremembered { try remember(unremembered, in: session) }
        return session
    }

    /// Makes the next call open the state anew.
    func endSession() { opened = nil }

    /// The calendar of a device whose secret may be gone.
    func calendar(on store: SQLiteStore) -> DeviceCalendar {
        let clock = configuration.clock
        return DeviceCalendar(store: store) { clock.uptime() }
    }

    func stateFiles() throws(AgentError) -> [FileIdentity?] {
        [
            try folder.identity(of: DeviceSecretStore.fileName, isImmutable: true),
            try folder.identity(of: Self.databaseName, isImmutable: false),
        ]
    }

    /// What the machine calls itself; empty where it has no name. One that is there and cannot be read just now is an error:
    /// taken for none, it would make the secret another machine's, and lost.
    func machineIdentity() throws(AgentError) -> [UInt8] {
        let path = configuration.machineIdentityFile
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT { return [] }
            throw .file(path: path, operation: "open", errno: code)
        }
        defer { close(descriptor) }
        var content = [UInt8](repeating: 0, count: 64)
        while true {
            let count = content.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 { return Array(content[..<count]) }
            let code = errno
            guard code == EINTR else { throw .file(path: path, operation: "read", errno: code) }
        }
    }
}
