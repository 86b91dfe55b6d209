#ifndef DITHER_BIT_COUNTER_H
#define DITHER_BIT_COUNTER_H

#include <stddef.h>
#include <stdint.h>

#include "instruction_set.h"

/// Counts, for every bit of rows of one length, in how many rows it is set: a positional population count.
///
/// Rows are added by carry-save adders (Harley and Seal): sixty-four rows become one carry and six bits of each sum, which
/// stay in a counter from one call to the next. Needs about eleven bytes for each bit of a row.
typedef struct dither_bit_counter dither_bit_counter;

/// A counter of rows of `byte_count` bytes, at least one, by an instruction set that the processor has; NULL where there is
/// no memory.
dither_bit_counter *dither_bit_counter_create(size_t byte_count, dither_instruction_set set);

/// Frees a counter; NULL is allowed.
void dither_bit_counter_destroy(dither_bit_counter *counter);

/// Counts rows that lie end to end.
void dither_bit_counter_add(dither_bit_counter *counter, const uint8_t *rows, size_t row_count);

/// Adds what has been counted to one number for each bit, bit i being bit i mod 8 of byte i / 8, and starts again at zero.
void dither_bit_counter_take(dither_bit_counter *counter, ptrdiff_t *counts);

#endif
