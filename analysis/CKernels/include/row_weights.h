#ifndef DITHER_ROW_WEIGHTS_H
#define DITHER_ROW_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

#include "instruction_set.h"

/// Counts rows by how many bits they have set.
///
/// The bits of a row are `byte_count` bytes; rows lie `stride` bytes apart, the first at `rows`. `counts` has
/// 8 · byte_count + 1 numbers, which are added to.
void dither_count_weights(
    const uint8_t *rows, size_t row_count, size_t stride, size_t byte_count, ptrdiff_t *counts,
    dither_instruction_set set);

/// How many rows there are, of those that lie end to end, before the first whose last byte has a bit of `mask` set.
size_t dither_rows_without(const uint8_t *rows, size_t row_count, size_t byte_count, uint8_t mask);

#endif
