internal import MetricDefinitions

extension Agent {
    /// Stores a yes, with a secret and a place in the ledger behind it.
    ///
    /// Of several processes that consent at once, one begins under the folder's lock. The others find that done, so that
    /// none of them clears away what another has recorded since.
    func grant() throws(AgentError) {
        guard try !resume() else { return }
        let patience = TransferLock.patienceMilliseconds
        let done: Void? = try TransferLock.holding(folder, waitingAtMost: patience) { () throws(AgentError) in
            try begin()
        }
        guard done != nil else { throw .stateBusy }
    }

    /// Opens the state of a device that has consented before; `false` if it has not.
    private func resume() throws(AgentError) -> Bool {
        try locked { () throws(AgentError) in
            try folder.create()
            guard try consent.stored() == .granted else { return false }
            opened = try enrolled(makingSecret: false)
            return true
        }
    }

    private func begin() throws(AgentError) {
        try locked { () throws(AgentError) in
            let stored = try consent.stored()
            guard stored != .granted else { return opened = try enrolled(makingSecret: false) }
            try clearAway(after: stored)
            let session = try enrolled(makingSecret: true)
            (opened, bufferedUnder) = (session, .some(session.files.first ?? nil))
            try consent.grant()
        }
    }

    private func enrolled(makingSecret: Bool) throws(AgentError) -> Session {
        let session = try open(makingSecret: makingSecret)
        let seconds = configuration.clock.secondsSinceEpoch()
        try session.store.transaction { () throws(AgentError) in
            try session.device.enrol(at: seconds)
            guard makingSecret else { return }
            try session.store.skipPeriods(before: try session.device.today(at: seconds))
            try Journal(store: session.store).append(.consentGiven, at: seconds)
        }
        return session
    }

    /// Finishes a withdrawal that was interrupted: nothing recorded under an earlier consent is sent under a new one.
    private func clearAway(after stored: ConsentSource) throws(AgentError) {
        guard try folder.has(Self.databaseName) else { return }
        let hadSecret = try folder.has(DeviceSecretStore.fileName)
        let store = try SQLiteStore(path: folder.path(of: Self.databaseName))
        // Without a stored decision the secret is of a first consent that was interrupted before it recorded anything.
        let endsSecret = stored != .unset || !hadSecret
        try store.transaction { () throws(AgentError) in
            try store.erasePending()
            if endsSecret { try store.retireMemoized() }
        }
        if endsSecret { try DeviceSecretStore(folder: folder, machineIdentity: []).erase() }
    }
}
