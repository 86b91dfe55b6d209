#ifndef DITHER_HADAMARD_H
#define DITHER_HADAMARD_H

#include <stddef.h>
#include <stdint.h>

#include "instruction_set.h"

/// The Walsh–Hadamard transform of 2^bit_count integers in place, modulo 2^32: y[v] becomes the sum over w of
/// (-1)^popcount(v & w) * y[w]. By an instruction set that the processor has.
void dither_hadamard(int32_t *values, unsigned bit_count, dither_instruction_set set);

/// The steps of the three highest bits of that transform, for the `count` indices from `first` on in each eighth of the values;
/// transforming each eighth is what is left. For threads that share a transform; `first` and `count` are multiples of 16.
void dither_hadamard_split(
    int32_t *values, unsigned bit_count, size_t first, size_t count, dither_instruction_set set
);

#endif
