// The weights of rows, for one instruction set: see every_set.h.

TARGET static inline __attribute__((always_inline)) size_t NAME(weight)(const uint8_t *bytes, size_t byte_count) {
    size_t weight = 0, index = 0;
    for (; index + 8 <= byte_count; index += 8) {
        uint64_t word;
        memcpy(&word, bytes + index, 8);
        weight += (size_t)__builtin_popcountll(word);
    }
    for (; index < byte_count; index++) weight += (size_t)__builtin_popcount(bytes[index]);
    return weight;
}

// Neighbouring rows often have the same weight, and a sum has to be stored before it can be added to again: two tables take
// turns.
TARGET static inline __attribute__((always_inline)) void NAME(count_weights_of)(
    const uint8_t *rows, size_t row_count, size_t stride, size_t byte_count, ptrdiff_t *even, ptrdiff_t *odd
) {
    size_t row = 0;
    for (; row + 2 <= row_count; row += 2, rows += 2 * stride) {
        even[NAME(weight)(rows, byte_count)] += 1;
        odd[NAME(weight)(rows + stride, byte_count)] += 1;
    }
    if (row < row_count) even[NAME(weight)(rows, byte_count)] += 1;
}

TARGET static void NAME(count_weights)(
    const uint8_t *rows, size_t row_count, size_t stride, size_t byte_count, ptrdiff_t *even, ptrdiff_t *odd
) {
    if (byte_count == 16) {
        NAME(count_weights_of)(rows, row_count, stride, 16, even, odd);
    } else if (byte_count == 128) {
        NAME(count_weights_of)(rows, row_count, stride, 128, even, odd);
    } else {
        NAME(count_weights_of)(rows, row_count, stride, byte_count, even, odd);
    }
}
