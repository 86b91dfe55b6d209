internal import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness

extension Agent {
    /// The file of the state folder that holds the signed metric set that was accepted last.
    static let registryName = "registry"

    /// What the accepted set leaves of the program's. A set that was accepted and cannot be read any more leaves nothing,
    /// until the collector has been asked again: nothing is reported that may have been withdrawn. That holds for a process
    /// without keys too, which trusts the key that another one on this folder has learnt.
    ///
    /// - Returns: that, and the set if it is newer than what is remembered: a crash came between its two places.
    func reduction(in store: SQLiteStore) throws(AgentError) -> (MetricReduction, unremembered: StoredRegistry?) {
        try store.transaction { () throws(AgentError) in
            let memory = RegistryMemory(store: store, keys: configuration.registryKeys)
            let remembered = try memory.sequence()
            let missing: MetricReduction = remembered > 0 ? .nothing : .none
            if remembered == 0, configuration.registryKeys.isEmpty { return (.none, nil) }
            guard let stored = try storedRegistry(memory) else { return (missing, nil) }
            do {
                let left = try configuration.metricSet.reduced(by: stored.accepted.set)
                return (left.map { .to($0) } ?? .nothing, stored.accepted.sequence > remembered ? stored : nil)
            } catch { return (.nothing, nil) }
        }
    }

    /// Finishes the acceptance of a set whose file is in place.
    func remember(_ stored: StoredRegistry, in session: Session) throws(AgentError) {
        try session.store.transaction { () throws(AgentError) in
            let memory = RegistryMemory(store: session.store, keys: configuration.registryKeys)
            // Another process may have done so meanwhile.
            guard try memory.sequence() < stored.accepted.sequence else { return }
            var left: MetricSet?
            if case .to(let set) = session.device.reduction { left = set }
            try accept(stored, leaving: left, in: session)
        }
    }

    /// Asks the collector for the signed metric set, once a closed period, and takes it if it is right. Whatever goes wrong
    /// leaves the previous one in force, and the journal says what it was.
    func refreshRegistry(_ plan: FlushPlan) throws(AgentError) {
        guard !configuration.registryKeys.isEmpty, plan.deadline.remainingMilliseconds > 0 else { return }
        let due: (isDue: Bool, held: [UInt8]?) = try locked { () throws(AgentError) in
            guard try consent.effective().isOn else { return (false, nil) }
            let store = try session().store
            return try store.transaction { () throws(AgentError) in
                guard let closed = try store.day(.lastClosedPeriod), try store.day(.registryPeriod) != closed,
                    let first = try store.day(.firstPeriod), closed >= first
                else { return (false, nil) }
                try store.set(.registryPeriod, to: closed)
                return (true, try heldRegistry(in: store))
            }
        }
        guard due.isDue else { return }
        let fetch = try RegistryFetch(configuration, held: due.held, control: transfers)
        let answer = fetch.answer(until: plan.deadline) { isUnwanted(plan) }
        guard !isUnwanted(plan) else { return }
        try locked { () throws(AgentError) in try take(answer, instead: due.held) }
    }

    /// The accepted bytes, if they are still what was accepted.
    private func heldRegistry(in store: SQLiteStore) throws(AgentError) -> [UInt8]? {
        let memory = RegistryMemory(store: store, keys: configuration.registryKeys)
        return try memory.sequence() > 0 ? try storedRegistry(memory)?.bytes : nil
    }

    private func storedRegistry(_ memory: RegistryMemory) throws(AgentError) -> StoredRegistry? {
        guard let bytes = try folder.read(Self.registryName, limit: SignedMetricSet.byteLimit),
            case .success(let accepted) = try memory.verified(bytes, isStored: true)
        else { return nil }
        return StoredRegistry(bytes: bytes, accepted: accepted)
    }

    private func take(_ answer: RegistryAnswer, instead held: [UInt8]?) throws(AgentError) {
        guard try consent.effective().isOn else { return }
        let session = try session()
        let store = session.store
        try store.transaction { () throws(AgentError) in
            let seconds = configuration.clock.secondsSinceEpoch()
            let bytes: [UInt8]
            switch answer {
            case .unchanged: return
            case .none(let reason):
                return try Journal(store: store).append(.registryRefused(reason: reason), at: seconds)
            case .offered(let offered):
                if offered == held { return }
                bytes = offered
            }
            let memory = RegistryMemory(store: store, keys: configuration.registryKeys)
            // A device that has lost its copy may get it again.
            let verified = try memory.verified(bytes, isStored: held == nil)
            let accepted: VerifiedMetricSet
            let left: MetricSet?
            do throws(SignedMetricSetError) {
                accepted = try verified.get()
                left = try configuration.metricSet.reduced(by: accepted.set)
            } catch {
                return try Journal(store: store).append(.registryRefused(reason: error.sentence), at: seconds)
            }
            try accept(StoredRegistry(bytes: bytes, accepted: accepted), leaving: left, in: session)
            // Before the commit: a crash between the two leaves a file that is newer than what is remembered. It counts,
            // and is remembered when the state is opened next.
            try folder.replace(Self.registryName, with: bytes)
        }
        endSession()
    }

    /// Takes a set into the state. Within a transaction.
    private func accept(
        _ stored: StoredRegistry, leaving left: MetricSet?, in session: Session
    ) throws(AgentError) {
        let identifiers = configuration.metricSet.metrics.map(\.identifier.value)
        try session.device.withdraw(Set(identifiers.filter { left?.metric($0) == nil }))
        try RegistryMemory(store: session.store, keys: configuration.registryKeys).remember(stored.accepted)
        let digest: [UInt8]
        do throws(RandomnessError) { digest = try SHA256.digest(stored.bytes) } catch { throw .noRandomness(error) }
        try Journal(store: session.store).append(
            .registryAccepted(sequence: stored.accepted.sequence, digest: digest),
            at: configuration.clock.secondsSinceEpoch())
    }
}
