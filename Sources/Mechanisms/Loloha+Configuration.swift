public import LocalPrivacy
public import ReportFormat

extension Loloha {
    /// The integers of both stages and of the hash functions.
    public struct Configuration: MechanismConfiguration {
        /// The values of the domain and "no event", in `2...65,536`.
        public var itemCount: Int
        /// Whether the last item is "no event".
        public var reportsAbsence: Bool
        /// g: the hash values, a power of two.
        public var hashRange: Int
        /// The declared bound on one report, in thousandths.
        public var epsilonThousandths: Int
        /// The declared bound on all reports about one value, in thousandths.
        public var permanentEpsilonThousandths: Int
        /// T of the permanent response.
        public var permanentLieThreshold: UInt64
        /// T of the fresh response.
        public var instantaneousLieThreshold: UInt64

        static let itemCounts = 2...65_536
        /// g as a registry may set it. In a small domain there are no more hash values than items, and no more than make
        /// four million counts with all seeds: beyond, a device would keep many responses, which LOLOHA is there to avoid.
        static let declarableHashRanges = 2...256

        static func hashRanges(itemCount: Int) -> ClosedRange<Int> {
            let seedCount = 1 << BinaryFieldHash.degree(for: itemCount)
            return 2...Swift.min(seedCount, 256, 1 << 22 / seedCount)
        }

        public static let parameters = [
            MechanismParameter("hash_range", .count(declarableHashRanges), isOptional: true)
        ]

        /// A configuration of these integers; ``Loloha/init(configuration:)`` validates them.
        public init(
            itemCount: Int, reportsAbsence: Bool, hashRange: Int, epsilonThousandths: Int,
            permanentEpsilonThousandths: Int, permanentLieThreshold: UInt64, instantaneousLieThreshold: UInt64
        ) {
            (self.itemCount, self.reportsAbsence, self.hashRange) = (itemCount, reportsAbsence, hashRange)
            self.epsilonThousandths = epsilonThousandths
            self.permanentEpsilonThousandths = permanentEpsilonThousandths
            self.permanentLieThreshold = permanentLieThreshold
            self.instantaneousLieThreshold = instantaneousLieThreshold
        }

        public init(declared: MechanismDeclaration) throws(ParameterError) {
            guard let permanentEpsilon = declared.permanentEpsilon else {
                throw .missingParameter(name: "epsilon_permanent")
            }
            let epsilon = try declared.requiredEpsilon()
            guard epsilon < permanentEpsilon else {
                throw .epsilonNotBelowPermanent(epsilon: epsilon, permanent: permanentEpsilon)
            }
            let itemCount = try declared.itemCount(in: Self.itemCounts), ranges = Self.hashRanges(itemCount: itemCount)
            let choice: (hashRange: Int, stages: TwoStageResponse<UInt64>)
            if let hashRange = try declared.optionalCount("hash_range", in: ranges) {
                guard hashRange.nonzeroBitCount == 1 else {
                    throw .notAPowerOfTwo(name: "hash_range", count: hashRange)
                }
                choice = (hashRange, try Self.stages(hashRange, epsilon, permanentEpsilon))
            } else {
                choice = try Self.best(in: ranges, epsilon, permanentEpsilon)
            }
            self.init(
                itemCount: itemCount, reportsAbsence: declared.reportsAbsence, hashRange: choice.hashRange,
                epsilonThousandths: epsilon.thousandths, permanentEpsilonThousandths: permanentEpsilon.thousandths,
                permanentLieThreshold: choice.stages.permanent.lieThreshold,
                instantaneousLieThreshold: choice.stages.instantaneous.lieThreshold)
        }

        public var domain: InputDomain { .items(itemCount - (reportsAbsence ? 1 : 0)) }

        public init(reading reader: inout ByteReader) throws(ByteFormatError) {
            itemCount = Int(try reader.integer(UInt32.self))
            reportsAbsence = try reader.integer(UInt8.self) != 0
            hashRange = Int(try reader.integer(UInt16.self))
            epsilonThousandths = Int(try reader.integer(UInt16.self))
            permanentEpsilonThousandths = Int(try reader.integer(UInt16.self))
            permanentLieThreshold = try reader.integer(UInt64.self)
            instantaneousLieThreshold = try reader.integer(UInt64.self)
        }

        public func write(to writer: inout ByteWriter) {
            writer.append(UInt32(itemCount))
            writer.append(UInt8(reportsAbsence ? 1 : 0))
            writer.append(UInt16(hashRange))
            writer.append(UInt16(epsilonThousandths))
            writer.append(UInt16(permanentEpsilonThousandths))
            writer.append(permanentLieThreshold)
            writer.append(instantaneousLieThreshold)
        }

        /// The least noise within both bounds over so many hash values.
        private static func stages(
            _ hashRange: Int, _ epsilon: Epsilon, _ permanentEpsilon: Epsilon
        ) throws(ParameterError) -> TwoStageResponse<UInt64> {
            let permanent = try ResponseRule<UInt64>(
                categoryCount: hashRange,
                lieThreshold: ResponseRule.smallestLieThreshold(categoryCount: hashRange, epsilon: permanentEpsilon))
            let instantaneous = TwoStageResponse.smallestInstantaneousThreshold(after: permanent, epsilon: epsilon)
            return TwoStageResponse(
                permanent: permanent,
                instantaneous: try ResponseRule(categoryCount: hashRange, lieThreshold: instantaneous))
        }

        /// The g whose estimates of rare values have the least variance, and the least such g.
        ///
        /// With q* = 1/g the variance is (g − 1)³ / (X·Y)² but for a factor without g, where X = g·(N − T₁) − N and
        /// Y = (g − 1)·N − g·T₂ are N·g·(p₁ − 1/g) and N·(g − 1)·(p₂ − q₂).
        private static func best(
            in ranges: ClosedRange<Int>, _ epsilon: Epsilon, _ permanentEpsilon: Epsilon
        ) throws(ParameterError) -> (hashRange: Int, stages: TwoStageResponse<UInt64>) {
            let word = WideUnsigned(1) << 64
            func wide(_ count: Int) -> WideUnsigned { WideUnsigned(UInt64(count)) }
            var (best, bestSquare, bestCube) = (
                (2, try stages(2, epsilon, permanentEpsilon)), WideUnsigned.zero, WideUnsigned(1)
            )
            var hashRange = 2
            while hashRange <= ranges.upperBound {
                let stages = try stages(hashRange, epsilon, permanentEpsilon)
                let x = wide(hashRange) * WideUnsigned(0 &- stages.permanent.lieThreshold) - word
                let y = wide(hashRange - 1) * word - wide(hashRange) * WideUnsigned(stages.instantaneous.lieThreshold)
                let (square, cube) = (x * x * y * y, wide(hashRange - 1) * wide(hashRange - 1) * wide(hashRange - 1))
                if square * bestCube > bestSquare * cube {
                    (best, bestSquare, bestCube) = ((hashRange, stages), square, cube)
                }
                hashRange *= 2
            }
            return best
        }
    }
}
