#include "include/row_weights.h"

#include <string.h>

#define KERNEL_BODY "row_weights_body.h"
#include "every_set.h"

// Rows of so many bits have a second table on the stack.
#define TABLE_BITS 4096

void dither_count_weights(
    const uint8_t *rows, size_t row_count, size_t stride, size_t byte_count, ptrdiff_t *counts,
    dither_instruction_set set
) {
    ptrdiff_t second[TABLE_BITS + 1];
    ptrdiff_t *odd = 8 * byte_count <= TABLE_BITS ? second : counts;
    if (odd == second) memset(second, 0, (8 * byte_count + 1) * sizeof *second);
    DITHER_OF_SET(set, count_weights)(rows, row_count, stride, byte_count, counts, odd);
    if (odd != second) return;
    for (size_t weight = 0; weight <= 8 * byte_count; weight++) counts[weight] += second[weight];
}

size_t dither_rows_without(const uint8_t *rows, size_t row_count, size_t byte_count, uint8_t mask) {
    const uint8_t *last = rows + byte_count - 1;
    size_t row = 0;
    for (; row + 8 <= row_count; row += 8, last += 8 * byte_count) {
        uint8_t seen = 0;
        for (size_t index = 0; index < 8; index++) seen |= last[index * byte_count];
        if ((seen & mask) != 0) break;
    }
    while (row < row_count && (*last & mask) == 0) row++, last += byte_count;
    return row;
}
