public import Mechanisms
public import ReportFormat

/// The events of mechanisms whose reports each support many items: support of the first input and not of the second.
extension LocalRandomizer where Value == Int {
    /// The items of two inputs; `nil` if either is none of the mechanism's.
    fileprivate func items(_ first: MechanismInput, _ second: MechanismInput) -> (own: Int, other: Int)? {
        let device = DeviceContext(permanentNoise: nil)
        guard let own = try? input(from: first, on: device), let other = try? input(from: second, on: device) else {
            return nil
        }
        return (own, other)
    }

    fileprivate func supportEvents(
        of first: MechanismInput, from second: MechanismInput,
        isSupported: @escaping @Sendable (_ item: Int, _ report: Report) -> Bool
    ) -> [ReportEvent<Report>] {
        guard let (own, other) = items(first, second) else { return [] }
        return [
            ReportEvent("the first is supported and the second is not") { report in
                isSupported(own, report) && !isSupported(other, report)
            }
        ]
    }
}

extension ProjectiveGeometryResponse: DistinguishingEvents {
    /// The point lies on the first's hyperplane and off the second's.
    public func distinguishingEvents(
        of first: MechanismInput, from second: MechanismInput
    ) -> [ReportEvent<CategoryReport>] {
        let geometry = geometry
        guard let (own, other) = items(first, second) else { return [] }
        func coordinates(_ place: Int) -> [UInt64] { geometry.coordinates(UInt64(place), count: geometry.dimension) }
        let (ownPoint, otherPoint) = (coordinates(own), coordinates(other))
        return [
            ReportEvent("the point is on the first's hyperplane and off the second's") { report in
                let point = geometry.coordinates(UInt64(report.category), count: geometry.dimension)
                return geometry.innerProduct(point, ownPoint) == 0 && geometry.innerProduct(point, otherPoint) != 0
            }
        ]
    }
}

extension HadamardResponse: DistinguishingEvents {
    /// The row has a +1 in the first's column and a −1 in the second's.
    public func distinguishingEvents(
        of first: MechanismInput, from second: MechanismInput
    ) -> [ReportEvent<CategoryReport>] {
        supportEvents(of: first, from: second) { item, report in
            (report.category & Self.column(of: item)).nonzeroBitCount.isMultiple(of: 2)
        }
    }
}

extension OptimizedLocalHashing: DistinguishingEvents {
    /// The answer is the first's under the report's hash function and not the second's.
    public func distinguishingEvents(
        of first: MechanismInput, from second: MechanismInput
    ) -> [ReportEvent<HashedReport>] {
        let hash = hash
        return supportEvents(of: first, from: second) { item, report in
            hash.value(of: item, seed: report.seed) == report.value
        }
    }
}

extension SubsetSelection: DistinguishingEvents {
    /// The set has the first and not the second.
    public func distinguishingEvents(
        of first: MechanismInput, from second: MechanismInput
    ) -> [ReportEvent<SubsetReport>] {
        supportEvents(of: first, from: second) { item, report in
            report.words[item / 64] >> UInt64(item % 64) & 1 == 1
        }
    }
}

extension Loloha: DistinguishingEvents {
    /// The answer is the first's under the device's hash function and not the second's.
    public func distinguishingEvents(
        of first: MechanismInput, from second: MechanismInput
    ) -> [ReportEvent<PartitionedCategoryReport>] {
        func item(_ input: MechanismInput) -> Int? {
            switch input {
            case .item(let item): item
            case .absent: configuration.reportsAbsence ? configuration.itemCount - 1 : nil
            case .text, .place, .pair: nil
            }
        }
        guard let own = item(first), let other = item(second) else { return [] }
        let hash = hash
        return [
            ReportEvent("the answer is the first's and not the second's") { report in
                hash.answer(to: own, seed: report.partition) == report.category
                    && hash.answer(to: other, seed: report.partition) != report.category
            }
        ]
    }
}

extension DBitFlip: DistinguishingEvents {
    /// The first's bucket is sampled and set, and where two are sampled the second's is sampled and clear.
    public func distinguishingEvents(
        of first: MechanismInput, from second: MechanismInput
    ) -> [ReportEvent<SampledBitsReport>] {
        let device = DeviceContext(permanentNoise: nil)
        guard let own = try? Int(input(from: first, on: device)), let other = try? Int(input(from: second, on: device)),
            own != other
        else { return [] }
        guard shape.sampleCount > 1 else {
            return [
                ReportEvent("the first's bucket is sampled and set") { $0.isSampled(own) && $0.isSet(own) },
                ReportEvent("the second's bucket is sampled and clear") { $0.isSampled(other) && !$0.isSet(other) },
            ]
        }
        return [
            ReportEvent("the first's bucket is sampled and set, the second's sampled and clear") { report in
                report.isSampled(own) && report.isSet(own) && report.isSampled(other) && !report.isSet(other)
            }
        ]
    }
}
