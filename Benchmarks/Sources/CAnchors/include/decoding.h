#ifndef DITHER_CANCHORS_DECODING_H
#define DITHER_CANCHORS_DECODING_H

#include <stddef.h>
#include <stdint.h>

/// The Walsh–Hadamard transform of 2^bit_count single-precision numbers in place, by AVX2: whether the processor has it.
int dither_anchor_hadamard(float *values, unsigned bit_count);

/// A sketch of `row_count` rows of 2^width_bits cells, and the hash function of each row.
typedef struct {
    const uint32_t *cells;
    size_t row_count;
    unsigned width_bits;
    const uint64_t *multipliers;
    const uint64_t *offsets;
} dither_anchor_sketch;

/// For each candidate, the sum over the rows of the cell at the place of the first eight bytes of its digest, row by row for
/// some thousands of candidates at once: 1, or 0 where there is no SHA-256.
///
/// A digest is over `header`, of 24 bytes, a text of `text_byte_count` bytes, at most 256, and zeros up to 280 bytes.
int dither_anchor_sketch_sums(
    const dither_anchor_sketch *sketch, const uint8_t *header, const uint8_t *texts, size_t text_byte_count, size_t count,
    uint64_t *sums
);

#endif
