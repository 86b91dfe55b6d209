/// The middle of the numbers in order, the mean of both middles of an even number; 0 of none.
///
/// - Complexity: linear, by Hoare's selection.
func median(_ numbers: [Double]) -> Double {
    guard !numbers.isEmpty else { return 0 }
    var numbers = numbers
    let middle = numbers.count / 2, upper = numbers.select(middle)
    guard numbers.count % 2 == 0 else { return upper }
    // Everything below the middle stands before it.
    return (numbers[..<middle].reduce(-.infinity, max) + upper) / 2
}

extension [Double] {
    /// Moves the numbers about until the one at a place is the one that sorting would put there, with none greater before it.
    fileprivate mutating func select(_ place: Int) -> Double {
        var low = 0, high = count - 1
        while low < high {
            // The middle one of three, so that sorted numbers do not take quadratic time.
            let trio = [self[low], self[(low + high) / 2], self[high]].sorted(), pivot = trio[1]
            var left = low, right = high
            while left <= right {
                while self[left] < pivot { left += 1 }
                while self[right] > pivot { right -= 1 }
                guard left <= right else { break }
                swapAt(left, right)
                left += 1
                right -= 1
            }
            if place <= right { high = right } else if place >= left { low = left } else { break }
        }
        return self[place]
    }
}
