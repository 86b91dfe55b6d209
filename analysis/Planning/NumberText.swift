internal import Foundation

/// A number in four significant digits.
package func significant(_ value: Double) -> String { String(format: "%.4g", value) }

/// A share of 1 as a percentage, rounded up to two digits after the point.
package func percent(_ share: Double) -> String { String(format: "%.2f %%", (share * 1e4 - 1e-9).rounded(.up) / 100) }
