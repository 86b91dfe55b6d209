// Bits of reports added to counters of bytes and of numbers, for one instruction set: see every_set.h.

#define VECTOR NAME(dither_row_vector)

typedef uint64_t VECTOR __attribute__((vector_size(VECTOR_BYTES), aligned(1), may_alias));

TARGET static inline __attribute__((always_inline)) void NAME(add_bytes)(
    uint8_t *restrict planes, const uint8_t *restrict bits, size_t byte_count
) {
    size_t index = 0;
    for (; index + VECTOR_BYTES <= byte_count; index += VECTOR_BYTES) {
        const VECTOR word = *(const VECTOR *)(bits + index);
        for (int bit = 0; bit < 8; bit++) {
            *(VECTOR *)(planes + (size_t)bit * byte_count + index) += (word >> bit) & 0x0101010101010101;
        }
    }
    for (; index < byte_count; index += 16) {
        const dither_sixteen_bytes word = *(const dither_sixteen_bytes *)(bits + index);
        for (int bit = 0; bit < 8; bit++) {
            *(dither_sixteen_bytes *)(planes + (size_t)bit * byte_count + index) += (word >> bit) & 0x0101010101010101;
        }
    }
}

// Adds the bits of a report to eight planes of bytes: byte i of the k-th counts bit k of byte i. There are a multiple of
// sixteen bytes, of which the compiler knows those of 1,024 bits.
TARGET static void NAME(add_to_planes)(uint8_t *planes, const uint8_t *bits, size_t byte_count) {
    if (byte_count == 128) {
        NAME(add_bytes)(planes, bits, 128);
    } else {
        NAME(add_bytes)(planes, bits, byte_count);
    }
}

// Moves what planes have counted to a row's cells. Three times every vector is interleaved with that four further on, which
// brings the bytes of eight planes into the order of the cells.
TARGET static void NAME(empty_planes)(uint8_t *restrict planes, uint32_t *restrict cells, size_t byte_count) {
    for (size_t index = 0; index < byte_count; index += 16) {
        dither_bytes now[8], next[8];
        for (size_t plane = 0; plane < 8; plane++) {
            memcpy(&now[plane], planes + plane * byte_count + index, 16);
            memset(planes + plane * byte_count + index, 0, 16);
        }
        for (int round = 0; round < 3; round++) {
            for (size_t plane = 0; plane < 4; plane++) {
                next[2 * plane] = __builtin_shufflevector(
                    now[plane], now[plane + 4], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
                next[2 * plane + 1] = __builtin_shufflevector(
                    now[plane], now[plane + 4], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
            }
            memcpy(now, next, sizeof now);
        }
        for (size_t plane = 0; plane < 8; plane++, cells += 16) {
            *(dither_sixteen_numbers *)cells += __builtin_convertvector(now[plane], dither_sixteen_numbers);
        }
    }
}

// Adds the bits of a report to a row's cells.
TARGET static void NAME(add_to_cells)(uint32_t *restrict cells, const uint8_t *restrict bits, size_t byte_count) {
    const dither_eight_numbers places = {1, 2, 4, 8, 16, 32, 64, 128};
    for (size_t index = 0; index < byte_count; index++, cells += 8) {
        const dither_eight_numbers set = places & (uint32_t)bits[index];
        // A comparison that holds is -1.
        *(dither_eight_numbers *)cells -= (dither_eight_numbers)(set != 0);
    }
}

#undef VECTOR
