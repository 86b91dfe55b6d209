internal import LocalPrivacy

extension MetricSet {
    /// What is left of this set when another one, from outside, has its say: it can only reduce what is reported.
    ///
    /// Left are the metrics that `remote` has too, of the same identity, version and definition. Everything about them is as
    /// here, except that of each cap the lower, of the ends the earlier, of the ceilings the lower and of the enrolment delays
    /// the longer counts. So no remote set adds a metric, raises an ε, lengthens a life or revives what has ended.
    ///
    /// - Returns: the reduced set, whose metrics are a part of this one's; `nil` if none is left, so that nothing may be
    ///   reported.
    /// - Throws: ``SignedMetricSetError/otherProject``.
    public func reduced(by remote: MetricSet) throws(SignedMetricSetError) -> MetricSet? {
        guard remote.project == project else { throw .otherProject }
        var left: [MetricDefinition] = []
        for metric in metrics {
            guard let other = remote.metric(metric.identifier.value), other.version == metric.version,
                other.definitionHash == metric.definitionHash
            else { continue }
            do { left.append(try metric.reduced(by: other)) } catch {
                throw .metricSet(.metric(position: left.count, error))
            }
        }
        guard !left.isEmpty else { return nil }
        do {
            return try MetricSet(
                project: project, dayCeiling: min(dayCeiling, remote.dayCeiling),
                lifetimeCeiling: min(lifetimeCeiling, remote.lifetimeCeiling),
                enrolmentDelayHours: max(enrolmentDelayHours, remote.enrolmentDelayHours), metrics: left)
        } catch { throw .metricSet(error) }
    }
}

extension MetricDefinition {
    /// This definition with the lower cap and the earlier end of both; `other` has the same definition hash.
    fileprivate func reduced(by other: MetricDefinition) throws(MetricDefinitionError) -> MetricDefinition {
        var fields = Fields()
        (fields.identifier, fields.version, fields.name) = (identifier.value, version, name)
        (fields.summary, fields.domain, fields.owner) = (summary, domain, owner)
        (fields.whenAbsent, fields.combination, fields.minimumReports) = (whenAbsent, combination, minimumReports)
        fields.lifetime = lifetime.lower(of: other.lifetime)
        fields.expiry = expiry.earlier(of: other.expiry)
        return try MetricDefinition(fields, mechanism: mechanism)
    }
}

extension LifetimeCap {
    fileprivate func lower(of other: LifetimeCap) -> LifetimeCap {
        switch (self, other) {
        case (.budget(let budget), .budget(let otherBudget)): .budget(min(budget, otherBudget))
        case (.memoized(let reports, let values), .memoized(let otherReports, let otherValues)):
            .memoized(reports: min(reports, otherReports), distinctValues: min(values, otherValues))
        // The definition hash tells fresh from memoized, so both have one kind of cap.
        default: self
        }
    }
}

extension Expiry {
    fileprivate func earlier(of other: Expiry) -> Expiry {
        switch (self, other) {
        case (.lastDay(let day), .lastDay(let otherDay)): .lastDay(min(day, otherDay))
        case (.never, .lastDay): other
        case (.lastDay, .never), (.never, .never): self
        }
    }
}
