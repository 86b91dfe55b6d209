public import Mechanisms

extension Rappor: ReportCounter {
    public typealias Aggregate = BitCounts
}
