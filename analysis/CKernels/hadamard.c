#include "include/hadamard.h"

// 16 KiB, half of a first-level cache.
#define BLOCK_BITS 12

#define PICK(...) __builtin_shufflevector(__VA_ARGS__)

#define KERNEL_BODY "hadamard_body.h"
#include "every_set.h"

// What does not fill eight vectors.
static void transform_few(uint32_t *values, unsigned bit_count) {
    size_t count = (size_t)1 << bit_count;
    for (size_t part = 1; part < count; part *= 2)
        for (size_t start = 0; start < count; start += 2 * part)
            for (size_t index = start; index < start + part; index++) {
                uint32_t first = values[index], second = values[index + part];
                values[index] = first + second;
                values[index + part] = first - second;
            }
}

void dither_hadamard(int32_t *values, unsigned bit_count, dither_instruction_set set) {
    if (bit_count < 5) return transform_few((uint32_t *)values, bit_count);
    // Eight vectors of a set have five bits of values and one for each set before it.
    if (bit_count < 5 + (unsigned)set) set = (dither_instruction_set)(bit_count - 5);
    DITHER_OF_SET(set, divide)((uint32_t *)values, bit_count);
}

void dither_hadamard_split(
    int32_t *values, unsigned bit_count, size_t first, size_t count, dither_instruction_set set
) {
    DITHER_OF_SET(set, split)((uint32_t *)values + first, (size_t)1 << (bit_count - 3), count);
}
