// The Walsh–Hadamard transform, for one instruction set: see every_set.h.
//
// Unsigned, so that sums wrap; of integers they are exact in any order, and all sets give the same bits.

#define LANES (VECTOR_BYTES / 4)

typedef uint32_t NAME(hadamard_lanes) __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));

#define VECTOR NAME(hadamard_lanes)
#define INLINE TARGET static inline __attribute__((always_inline))
#define AT(index) (*(VECTOR *)(values + (index)))

// The step between lanes that differ in one bit: SWAPn exchanges them, and ODDn takes those where the bit is set from y.
#if VECTOR_BYTES == 16
#define SWAP1(x) PICK(x, x, 1, 0, 3, 2)
#define ODD1(x, y) PICK(x, y, 0, 5, 2, 7)
#define SWAP2(x) PICK(x, x, 2, 3, 0, 1)
#define ODD2(x, y) PICK(x, y, 0, 1, 6, 7)
#elif VECTOR_BYTES == 32
#define SWAP1(x) PICK(x, x, 1, 0, 3, 2, 5, 4, 7, 6)
#define ODD1(x, y) PICK(x, y, 0, 9, 2, 11, 4, 13, 6, 15)
#define SWAP2(x) PICK(x, x, 2, 3, 0, 1, 6, 7, 4, 5)
#define ODD2(x, y) PICK(x, y, 0, 1, 10, 11, 4, 5, 14, 15)
#define SWAP4(x) PICK(x, x, 4, 5, 6, 7, 0, 1, 2, 3)
#define ODD4(x, y) PICK(x, y, 0, 1, 2, 3, 12, 13, 14, 15)
#else
#define SWAP1(x) PICK(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
#define ODD1(x, y) PICK(x, y, 0, 17, 2, 19, 4, 21, 6, 23, 8, 25, 10, 27, 12, 29, 14, 31)
#define SWAP2(x) PICK(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)
#define ODD2(x, y) PICK(x, y, 0, 1, 18, 19, 4, 5, 22, 23, 8, 9, 26, 27, 12, 13, 30, 31)
#define SWAP4(x) PICK(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11)
#define ODD4(x, y) PICK(x, y, 0, 1, 2, 3, 20, 21, 22, 23, 8, 9, 10, 11, 28, 29, 30, 31)
#define SWAP8(x) PICK(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)
#define ODD8(x, y) PICK(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 28, 29, 30, 31)
#endif

#define STEP(bit, x)                        \
    do {                                    \
        VECTOR other = SWAP##bit(x);        \
        x = ODD##bit(other + x, other - x); \
    } while (0)

INLINE VECTOR NAME(within)(VECTOR x) {
    STEP(1, x);
    STEP(2, x);
#if VECTOR_BYTES > 16
    STEP(4, x);
#endif
#if VECTOR_BYTES > 32
    STEP(8, x);
#endif
    return x;
}

// Three steps at once, on the eight vectors whose indices differ in three bits.
#define MIX8(x0, x1, x2, x3, x4, x5, x6, x7)                             \
    do {                                                                 \
        VECTOR a0 = x0 + x1, a1 = x0 - x1, a2 = x2 + x3, a3 = x2 - x3;   \
        VECTOR a4 = x4 + x5, a5 = x4 - x5, a6 = x6 + x7, a7 = x6 - x7;   \
        VECTOR b0 = a0 + a2, b1 = a1 + a3, b2 = a0 - a2, b3 = a1 - a3;   \
        VECTOR b4 = a4 + a6, b5 = a5 + a7, b6 = a4 - a6, b7 = a5 - a7;   \
        x0 = b0 + b4, x1 = b1 + b5, x2 = b2 + b6, x3 = b3 + b7;          \
        x4 = b0 - b4, x5 = b1 - b5, x6 = b2 - b6, x7 = b3 - b7;          \
    } while (0)

// All steps of eight vectors that follow each other.
INLINE void NAME(base)(uint32_t *values) {
    VECTOR x0 = NAME(within)(AT(0)), x1 = NAME(within)(AT(LANES));
    VECTOR x2 = NAME(within)(AT(2 * LANES)), x3 = NAME(within)(AT(3 * LANES));
    VECTOR x4 = NAME(within)(AT(4 * LANES)), x5 = NAME(within)(AT(5 * LANES));
    VECTOR x6 = NAME(within)(AT(6 * LANES)), x7 = NAME(within)(AT(7 * LANES));
    MIX8(x0, x1, x2, x3, x4, x5, x6, x7);
    AT(0) = x0, AT(LANES) = x1, AT(2 * LANES) = x2, AT(3 * LANES) = x3;
    AT(4 * LANES) = x4, AT(5 * LANES) = x5, AT(6 * LANES) = x6, AT(7 * LANES) = x7;
}

// Three steps between eight parts of `part` values each, of the first `count` of each.
INLINE void NAME(mix8)(uint32_t *values, size_t part, size_t count) {
    for (size_t index = 0; index < count; index += LANES, values += LANES) {
        VECTOR x0 = AT(0), x1 = AT(part), x2 = AT(2 * part), x3 = AT(3 * part);
        VECTOR x4 = AT(4 * part), x5 = AT(5 * part), x6 = AT(6 * part), x7 = AT(7 * part);
        MIX8(x0, x1, x2, x3, x4, x5, x6, x7);
        AT(0) = x0, AT(part) = x1, AT(2 * part) = x2, AT(3 * part) = x3;
        AT(4 * part) = x4, AT(5 * part) = x5, AT(6 * part) = x6, AT(7 * part) = x7;
    }
}

INLINE void NAME(mix4)(uint32_t *values, size_t part) {
    for (size_t index = 0; index < part; index += LANES, values += LANES) {
        VECTOR x0 = AT(0), x1 = AT(part), x2 = AT(2 * part), x3 = AT(3 * part);
        VECTOR a0 = x0 + x1, a1 = x0 - x1, a2 = x2 + x3, a3 = x2 - x3;
        AT(0) = a0 + a2, AT(part) = a1 + a3, AT(2 * part) = a0 - a2, AT(3 * part) = a1 - a3;
    }
}

INLINE void NAME(mix2)(uint32_t *values, size_t part) {
    for (size_t index = 0; index < part; index += LANES, values += LANES) {
        VECTOR x0 = AT(0), x1 = AT(part);
        AT(0) = x0 + x1, AT(part) = x0 - x1;
    }
}

// All steps of what stays in a first-level cache and fills eight vectors.
TARGET static void NAME(block)(uint32_t *values, unsigned bit_count) {
    size_t count = (size_t)1 << bit_count, part = 8 * LANES;
    for (size_t start = 0; start < count; start += part) NAME(base)(values + start);
    for (; 8 * part <= count; part *= 8)
        for (size_t start = 0; start < count; start += 8 * part) NAME(mix8)(values + start, part, part);
    if (4 * part <= count) {
        NAME(mix4)(values, part);
    } else if (2 * part <= count) {
        NAME(mix2)(values, part);
    }
}

// The highest bits first, so that what follows stays in ever smaller caches.
TARGET static void NAME(divide)(uint32_t *values, unsigned bit_count) {
    if (bit_count <= BLOCK_BITS) return NAME(block)(values, bit_count);
    size_t part = (size_t)1 << (bit_count - 3);
    NAME(mix8)(values, part, part);
    for (size_t index = 0; index < 8; index++) NAME(divide)(values + index * part, bit_count - 3);
}

TARGET static void NAME(split)(uint32_t *values, size_t part, size_t count) { NAME(mix8)(values, part, count); }

#undef LANES
#undef VECTOR
#undef INLINE
#undef AT
#undef STEP
#undef MIX8
#undef SWAP1
#undef ODD1
#undef SWAP2
#undef ODD2
#undef SWAP4
#undef ODD4
#undef SWAP8
#undef ODD8
