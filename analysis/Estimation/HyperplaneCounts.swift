package import Mechanisms

/// How many reports lie on the hyperplane of each of the first points: T[v] = Σ_{⟨u,v⟩=0} y[u], with y[u] the reports of
/// point u. Exact, by whichever way is shortest; all give the same.
package struct HyperplaneCounts {
    /// How the sums are made.
    package enum Method: CaseIterable, Sendable {
        /// Point by point of every hyperplane.
        case enumeration
        /// Coordinate by coordinate, from partial sums that hyperplanes share.
        case partialSums
        /// By a Walsh–Hadamard transform, for q = 2ᵐ.
        case transform
    }

    /// The points.
    package let geometry: ProjectiveGeometry
    /// The points whose hyperplanes are counted are the first.
    package let itemCount: Int

    /// Counts for as many items in a geometry.
    package init(_ geometry: ProjectiveGeometry, itemCount: Int) {
        precondition(itemCount <= geometry.pointCount, "every item has a point")
        (self.geometry, self.itemCount) = (geometry, itemCount)
    }

    /// The way of the fewest operations.
    ///
    /// Per item (q^(t−1) − 1)/(q − 1) loads; or K·q·t additions of vectors; or K·log₂ q of numbers and a transform of q^(t−1).
    package var shortestMethod: Method {
        let (points, order) = (Double(geometry.pointCount), Double(geometry.field.order))
        let enumeration = Double(itemCount) * Double(geometry.hyperplanePointCount)
        // A few loads and stores a point beside the additions.
        let transform = points * Double(geometry.field.degree + 8)
        if geometry.field.characteristic == 2, geometry.dimension > 8 || transform < enumeration { return .transform }
        // One coordinate less leaves nothing to share: its lines are what is enumerated.
        let partial = points * order * Double(geometry.dimension) / 2
        return geometry.dimension > 3 && partial < enumeration ? .partialSums : .enumeration
    }

    /// T of each item.
    ///
    /// - Parameter counts: the reports of every point, in all less than 2³⁹.
    package func supports(_ counts: [Int], by method: Method? = nil) -> [Int] {
        precondition(counts.count == geometry.pointCount, "every point has a count")
        let tables = FieldTables(geometry.field)
        switch method ?? shortestMethod {
        case .enumeration:
            return HyperplaneEnumeration(geometry, tables).supports(counts, itemCount: itemCount)
        case .partialSums:
            return HyperplanePartialSums(geometry, tables).supports(counts, itemCount: itemCount)
        case .transform:
            // No sum that is made on the way is larger than every report at all its q − 1 multiples.
            if counts.reduce(0, +) <= Int(Int32.max) / tables.order {
                return HyperplaneTransform<Int32>(geometry, tables, WalshHadamard.transform)
                    .supports(counts.map(Int32.init), itemCount: itemCount).map(Int.init)
            }
            return HyperplaneTransform<Int>(geometry, tables, WalshHadamard.transform)
                .supports(counts, itemCount: itemCount)
        }
    }
}
