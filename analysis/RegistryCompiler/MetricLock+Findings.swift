internal import MetricDefinitions

extension MetricLock {
    /// What the lock objects to in a registry.
    ///
    /// Neither an identity nor a name ever passes to another metric, and a definition changes only with its version.
    func findings(about registry: CheckedRegistry, lockPath: String) throws(RegistryError) -> [RegistryDiagnostic] {
        var findings = DiagnosticList(file: registry.file)
        guard registry.set.project == project else {
            findings.error(
                registry.projectPosition,
                "the lock \(lockPath) belongs to project '\(project)', not '\(registry.set.project)'",
                "Restore the project's name, or name the right lock with --lock.")
            return findings.sorted
        }
        let byIdentifier = Dictionary(uniqueKeysWithValues: entries.map { ($0.identifier, $0) })
        let byName = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0) })
        for metric in registry.set.metrics {
            let positions = registry.positions(of: metric)
            if let entry = byIdentifier[metric.identifier.value] {
                findings.compare(try Entry(of: metric, choice: nil), with: entry, at: positions)
            } else if let entry = byName[metric.name] {
                findings.error(
                    positions.name, "the lock has the name '\(metric.name)' for id \(entry.identifier)",
                    entry.isRetired
                        ? "That metric is retired: choose another name."
                        : "Give the metric its id \(entry.identifier) back.")
            }
        }
        return findings.sorted
    }

    /// That the registry is ahead of the lock; `nil` if the two agree.
    func staleness(beside registry: CheckedRegistry, lockPath: String) throws(RegistryError) -> RegistryDiagnostic? {
        guard try updated(to: registry) != self else { return nil }
        return RegistryDiagnostic(
            file: registry.file, position: .start, severity: .note,
            message: "the lock \(lockPath) does not have the latest changes",
            remedy: "Run 'dither registry check --update' and commit both files.")
    }
}

extension DiagnosticList {
    fileprivate mutating func compare(
        _ current: MetricLock.Entry, with entry: MetricLock.Entry, at positions: MetricPositions
    ) {
        let subject = "metric '\(current.name)'"
        if entry.isRetired {
            error(
                positions.identifier, "id \(current.identifier) of \(subject) is retired: it was '\(entry.name)'",
                "Take an id that no metric ever had.")
        } else if entry.name != current.name {
            error(
                positions.identifier, "the lock has id \(current.identifier) for '\(entry.name)', not \(subject)",
                "Take an id that no metric ever had, or restore the name.")
        } else if current.version < entry.version {
            error(
                positions.version, "\(subject) has version \(current.version), and the lock \(entry.version)",
                "A version never goes back: write at least \(entry.version).")
        } else if current.version == entry.version, current.digest != entry.digest {
            error(
                positions.version,
                "the definition of \(subject) has changed, and its version is \(entry.version) as before",
                "Write 'version: \(UInt64(entry.version) + 1)', or take the change back.")
        }
    }
}
