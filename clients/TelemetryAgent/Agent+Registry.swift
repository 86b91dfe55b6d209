internal import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness

extension Agent {
    /// The file of the state folder that holds the signed metric set that was accepted last.
    static let registryName = "registry"

    /// What the accepted set leaves of the program's. A set that was accepted and cannot be read any more leaves nothing,
    /// until the collector has been asked again: nothing is reported that may have been withdrawn. That holds for a process
    /// without keys too, which trusts the key that another one on this folder has learnt.
    func reduction(in store: SQLiteStore) throws(AgentError) -> MetricReduction {
        try store.transaction { () throws(AgentError) in
            let memory = RegistryMemory(store: store, keys: configuration.registryKeys)
            let missing: MetricReduction = try memory.sequence() > 0 ? .nothing : .none
            if case .none = missing, configuration.registryKeys.isEmpty { return .none }
            guard let bytes = try folder.read(Self.registryName, limit: SignedMetricSet.byteLimit),
                case .success(let accepted) = try memory.verified(bytes, isStored: true)
            else { return missing }
            do {
                return try configuration.metricSet.reduced(by: accepted.set).map { .to($0) } ?? .nothing
            } catch { return .nothing }
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
        guard try memory.sequence() > 0,
            let bytes = try folder.read(Self.registryName, limit: SignedMetricSet.byteLimit),
            case .success = try memory.verified(bytes, isStored: true)
        else { return nil }
        return bytes
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
            try withdraw(allBut: left, in: session)
            try memory.remember(accepted)
            let digest: [UInt8]
            do throws(RandomnessError) { digest = try SHA256.digest(bytes) } catch { throw .noRandomness(error) }
            try Journal(store: store).append(
                .registryAccepted(sequence: accepted.sequence, digest: digest), at: seconds)
            // Before the commit: a crash between the two leaves a file that is newer than what is remembered, which counts.
            try folder.replace(Self.registryName, with: bytes)
        }
        endSession()
    }

    /// Drops what waits of metrics that are not permitted any more.
    private func withdraw(allBut left: MetricSet?, in session: Session) throws(AgentError) {
        for metric in configuration.metricSet.metrics where left?.metric(metric.identifier.value) == nil {
            let identifier = metric.identifier.value
            try session.store.removeSlots(ofMetric: identifier)
            try session.device.add(try session.store.removeQueued(ofMetric: identifier), to: .retiredReports)
        }
    }
}
