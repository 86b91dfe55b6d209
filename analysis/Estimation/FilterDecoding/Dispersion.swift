internal import Foundation

/// How many standard deviations a mean square of so many degrees of freedom is above what it is expected to be, 1, as if it
/// were normal: by Wilson's and Hilferty's cube root, which holds for few degrees of freedom too [WH31].
func normalDeviations(ofDispersion dispersion: Double, freedom: Double) -> Double {
    let spread = 2 / (9 * freedom)
    return (cbrt(dispersion) - (1 - spread)) / spread.squareRoot()
}
